import { ClaimTemplate } from '../auth/claim-template.js';
import type { Claims } from '../auth/claim-path.js';
import { isFitName } from '../livekit/names.js';
import { evaluateRules, type RulesDecision } from '../rules/evaluate-rules.js';
import type { JoinRuleIndex } from '../rules/join-rule.index.js';

/** One request to decide. */
export interface RuleCase {
  readonly room: string;
  /** Empty: an anonymous caller. */
  readonly claims: Claims;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** Settings of the service that the terms depend on beside the rules. */
export interface TermsSettings {
  /** As OIDC_IDENTITY_CLAIM, or the identity of a provider. */
  readonly identity: ClaimTemplate;
  /** As TOKEN_TTL, in seconds. */
  readonly ttl: number;
}

export const DEFAULT_SETTINGS: TermsSettings = { identity: ClaimTemplate.parse('${sub}'), ttl: 600 };

/** The identity of callers without one: an anonymous caller chooses it. */
const ANONYMOUS = 'anonymous';

/** Decides by the code of the service. */
export function decide(index: JoinRuleIndex, { room, claims, at }: RuleCase, settings: TermsSettings): RulesDecision {
  const expanded = settings.identity.expand(claims);
  const identity = expanded.kind === 'text' && isFitName(expanded.text) ? expanded.text : ANONYMOUS;
  return evaluateRules(index, { room, identity, grants: {}, ttl: settings.ttl }, claims, at);
}
