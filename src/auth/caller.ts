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
  /** Becomes the participant's display name. Without it, the client may choose one, unless {@link nameUnusable} is set. */
  readonly name?: string;
  /**
   * True if the token has a name claim whose value cannot be signed: blank, over 256 bytes of UTF-8, ill-formed Unicode or
   * no string. The participant gets no display name then.
   */
  readonly nameUnusable?: boolean;
  /** All claims of the token, verified. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export type Caller = AnonymousCaller | VerifiedCaller;

export const ANONYMOUS: AnonymousCaller = { kind: 'anonymous' };
