/** How the shadow rules compare with the rules in force for one request. */
export type ShadowOutcome = 'same' | 'would_allow' | 'would_refuse' | 'other_terms';

export interface ShadowEvent {
  readonly outcome: ShadowOutcome;
}

export const SHADOW_COMPARED = 'join-rules.shadow';
