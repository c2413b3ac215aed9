/** Who is asking: nobody we know, or somebody whose access token was verified. */

/** Authentication is off. An anonymous caller is who it says it is. */
export interface AnonymousCaller {
  readonly kind: 'anonymous';
}

/** The bearer of a verified access token. */
export interface VerifiedCaller {
  readonly kind: 'verified';
  /** `iss` and `sub` together name the caller: two issuers may use the same subject. */
  readonly issuer: string;
  readonly subject: string;
  /** What the operator's identity claim says; becomes the participant's identity. Never empty. */
  readonly identity: string;
  /** What the operator's name claim says; becomes the participant's display name. */
  readonly name?: string;
  /** All claims of the token, verified. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export type Caller = AnonymousCaller | VerifiedCaller;

export const ANONYMOUS: AnonymousCaller = { kind: 'anonymous' };
