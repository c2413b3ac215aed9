import type { Claims } from '../auth/claim-path.js';
import type { ClaimTemplate } from '../auth/claim-template.js';
import { ProblemException } from '../errors/problem.exception.js';
import { isFitName } from '../livekit/names.js';
import { fieldBytes, MAX_FIELD_BYTES } from '../policy/field-size.js';
import { type AgentDispatch } from '../livekit/token-terms.js';
import { MAX_AGENTS } from '../policy/join-request.js';
import type { JoinTerms } from '../policy/join-terms.js';

import type { JoinRule } from './join-rule.js';
import { endOfWindows } from './time-window.js';

/**
 * The terms of a join that the rule admits. Times are in milliseconds since the epoch; `stay` counts from `admittedAt`. Throws a ProblemException if the rule's templates
 * give no unambiguous identity, or if the fields of rule and client together are too large.
 */
export function applyRule(
  rule: JoinRule,
  terms: JoinTerms,
  claims: Claims,
  now: number,
  admittedAt: number = now,
): JoinTerms {
  const ends = [
    terms.endsAt,
    rule.stay === undefined ? undefined : admittedAt + rule.stay * 1000,
    endOfWindows(rule.when, now),
  ];
  const endsAt = Math.min(...ends.filter((end) => end !== undefined));
  const applied: JoinTerms = {
    ...terms,
    rule: rule.number,
    ...(rule.name !== undefined && { ruleName: rule.name }),
    grants: { ...terms.grants, ...rule.grants },
    ttl: rule.ttl ?? terms.ttl,
    ...(Number.isFinite(endsAt) && { endsAt }),
    ...(rule.identity && { identity: identityOf(rule.identity, claims) }),
    ...(rule.room && { roomSettings: rule.room }),
  };
  return rule.metadata || rule.attributes || rule.agents ? withFields(rule, applied, claims) : applied;
}

function withFields(rule: JoinRule, terms: JoinTerms, claims: Claims): JoinTerms {
  const attributes = attributesOf(rule, terms.attributes, claims);
  const agents = withAgents(rule.agents, terms.agents);
  const applied: JoinTerms = {
    ...terms,
    metadata: rule.metadata ? rule.metadata.display(claims) : terms.metadata,
    attributes,
    agents,
  };
  if (fieldBytes(applied) > MAX_FIELD_BYTES) throw new ProblemException('FIELDS_TOO_LARGE', { max: MAX_FIELD_BYTES });
  if ((agents?.length ?? 0) > MAX_AGENTS) {
    const parameters = { field: 'room_config.agents', max: MAX_AGENTS };
    throw new ProblemException('FIELD_INVALID', parameters, { reason: 'AGENTS_TOO_MANY' });
  }
  return applied;
}

function identityOf(template: ClaimTemplate, claims: Claims): string {
  const expanded = template.expand(claims);
  if (expanded.kind !== 'text' || !isFitName(expanded.text)) throw new ProblemException('IDENTITY_AMBIGUOUS');
  return expanded.text;
}

/**
 * The client's attributes and the rule's. One whose claim is missing is left out; the client's value does not take its place, because
 * readers of the attribute trust that the operator vouches for it.
 */
function attributesOf(
  { attributes: own = [] }: JoinRule,
  asked: Readonly<Record<string, string>> | undefined,
  claims: Claims,
): Readonly<Record<string, string>> | undefined {
  const attributes = new Map(Object.entries(asked ?? {}));
  for (const [name, template] of own) {
    const value = template.display(claims);
    if (value === undefined) attributes.delete(name);
    else attributes.set(name, value);
  }
  return attributes.size > 0 ? Object.fromEntries(attributes) : undefined;
}

/** The rule's agents, then those of the client that the rule does not name. */
function withAgents(
  own: readonly AgentDispatch[] = [],
  asked: readonly AgentDispatch[] = [],
): readonly AgentDispatch[] | undefined {
  const names = new Set(own.map(({ agentName }) => agentName));
  const agents = [...own, ...asked.filter(({ agentName }) => !names.has(agentName))];
  return agents.length > 0 ? agents : undefined;
}
