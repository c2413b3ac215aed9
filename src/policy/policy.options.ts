/** What clients of the standard token endpoint may set beside names. */
export type ClientField = 'metadata' | 'attributes' | 'agents';

export interface PolicyOptions {
  /** Seconds in which a token can be used to join, unless a policy changes them. */
  readonly tokenTtl: number;
  readonly clientFields: readonly ClientField[];
}

/** Provided by `TokenModule`. */
export const POLICY_OPTIONS = Symbol('POLICY_OPTIONS');
