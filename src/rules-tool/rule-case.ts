import type { Claims } from '../auth/claim-path.js';
import { isFitName } from '../livekit/names.js';
import { evaluateRules, type RulesDecision } from '../rules/evaluate-rules.js';
import type { JoinRuleIndex } from '../rules/join-rule.index.js';

import type { TermsSettings } from './terms-settings.js';

/** One request to decide. */
export interface RuleCase {
  readonly room: string;
  /** Empty: an anonymous caller. */
  readonly claims: Claims;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** The identity of callers without one: an anonymous caller chooses it. */
const ANONYMOUS = 'anonymous';

/** Decides by the code of the service. */
export function decide(index: JoinRuleIndex, { room, claims, at }: RuleCase, settings: TermsSettings): RulesDecision {
  const expanded = settings.identity.expand(claims);
  const identity = expanded.kind === 'text' && isFitName(expanded.text) ? expanded.text : ANONYMOUS;
  return evaluateRules(index, { room, identity, grants: {}, ttl: settings.ttl }, claims, at);
}
