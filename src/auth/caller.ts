/** Authentication is off. The identity is the one that the client names. */
export interface AnonymousCaller {
  readonly kind: 'anonymous';
}

/** A caller whose credential was verified, by an identity provider or by a verifier of a team. */
export interface VerifiedCaller {
  readonly kind: 'verified';
  /** Issuer and subject together name the caller: two issuers may use the same subject. */
  readonly issuer: string;
  readonly subject: string;
  /**
   * Becomes the participant's identity. Never empty. Verifiers of a team must choose identities that no other verifier can choose,
   * such as `key:kiosk`: LiveKit disconnects a participant when another one joins with the same identity.
   */
  readonly identity: string;
  /** Becomes the participant's display name. Without it, the client may choose one, unless {@link nameUnusable} is set. */
  readonly name?: string;
  /**
   * True if the token has a name claim whose value cannot be signed: blank, over 256 bytes of UTF-8, ill-formed Unicode or
   * no string. The participant gets no display name then.
   */
  readonly nameUnusable?: boolean;
  /** What join rules and policies see: all claims of the token, or what a verifier of a team says. */
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * Replaces RATE_LIMIT_PER_CALLER for this caller; 0 is no limit. In requests per minute.
   *
   * @default RATE_LIMIT_PER_CALLER
   */
  readonly requestsPerMinute?: number;
  /**
   * The caller is a server that requests tokens for participants, by identity: for all, or for those whose identity has one of these
   * prefixes. On `POST /token`, `participantName` is the identity then.
   *
   * @default it requests tokens for itself
   */
  readonly mayActFor?: 'all' | readonly string[];
}

export type Caller = AnonymousCaller | VerifiedCaller;

export const ANONYMOUS: AnonymousCaller = { kind: 'anonymous' };
