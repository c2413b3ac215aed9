/** A verified logout token. It has a subject, a session, or both. */
export interface LogoutToken {
  readonly issuer: string;
  /** `jti`. Unique for its issuer. */
  readonly id: string;
  /** `iat`: seconds since the epoch, by the issuer's clock. */
  readonly issuedAt: number;
  readonly subject?: string;
  /** `sid`: if present, this session alone has ended. */
  readonly session?: string;
}
