/** What a revocation ends: everything that has all of these names. */
export type RevocationScope =
  /** Everybody in the room. */
  | { readonly room: string; readonly identity?: undefined }
  | { readonly room: string; readonly identity: string }
  /** In every room. */
  | { readonly identity: string }
  /** A caller, in all of its sessions. With `session: null`, where its access tokens have no claim `sid`. */
  | { readonly issuer: string; readonly subject: string; readonly session?: null }
  /** A session of a caller: the claim `sid` of its access tokens. */
  | { readonly issuer: string; readonly session: string };

export type AccessEndCause = 'logout' | 'rules' | 'expired' | 'removed' | 'room_ended';

export interface NewRevocation {
  readonly scope: RevocationScope;
  readonly cause: AccessEndCause;
  /** For the audit log and events. */
  readonly reason?: string | undefined;
  /** A ban: no new token until then, in milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** Of a caller: access tokens whose `iat` is not after this are refused. In seconds, by the clock of the identity provider. */
  readonly tokensIssuedUntil?: number | undefined;
}

/** Ends every admission within its scope whose revision is lower. */
export interface Revocation extends NewRevocation {
  /** Its place in the order of all revocations. Later ones have higher numbers. */
  readonly revision: number;
  /** When it was made, in milliseconds since the epoch. For display only: order is that of revisions. */
  readonly at: number;
}

/** What a revocation may cover: an admission, or a caller before it is admitted. */
export interface RevocationSubject {
  readonly room?: string | undefined;
  readonly identity?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
}

/** A caller whose credential was verified. */
export interface RevocableCaller {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How long a revocation without a ban is kept: longer than any token that was signed before it (TOKEN_TTL is 24 h at most). */
export const KEEP_FOR_MS = 25 * 3_600_000;

/** Two scopes have the same key only if they are the same. */
export function scopeKey(scope: RevocationScope): string {
  if ('room' in scope) {
    return scope.identity === undefined ? `r${scope.room}` : pair('p', scope.room, scope.identity);
  }
  if ('identity' in scope) return `i${scope.identity}`;
  if (!('subject' in scope)) return pair('s', scope.issuer, scope.session);
  return pair(scope.session === null ? 'n' : 'c', scope.issuer, scope.subject);
}

/** The keys of all scopes that cover the subject. */
export function keysOfScopesAround({ room, identity, issuer, subject, session }: RevocationSubject): string[] {
  const keys: string[] = [];
  if (room !== undefined) keys.push(scopeKey({ room }));
  if (identity !== undefined) keys.push(scopeKey({ identity }));
  if (identity !== undefined && room !== undefined) keys.push(scopeKey({ room, identity }));
  if (issuer !== undefined && subject !== undefined) keys.push(scopeKey({ issuer, subject }));
  if (issuer !== undefined && session !== undefined) keys.push(scopeKey({ issuer, session }));
  if (issuer !== undefined && subject !== undefined && session === undefined) {
    keys.push(scopeKey({ issuer, subject, session: null }));
  }
  return keys;
}

/** The session of an access token: its claim `sid`. */
export function sessionOf({ claims }: Pick<RevocableCaller, 'claims'>): string | undefined {
  const { sid } = claims;
  return typeof sid === 'string' && sid !== '' ? sid : undefined;
}

export const isBan = ({ until = 0 }: Pick<Revocation, 'until'>, now = Date.now()): boolean => until > now;

/** When it may be forgotten, in milliseconds since the epoch. */
export const keptUntil = ({ at, until = 0 }: Pick<Revocation, 'at' | 'until'>): number =>
  Math.max(at + KEEP_FOR_MS, until);

/** A later revocation of the same scope, without what the earlier one still forbids. */
export function merged(later: NewRevocation, earlier: Revocation | undefined): NewRevocation {
  if (earlier === undefined) return later;
  const times = [later.tokensIssuedUntil, earlier.tokensIssuedUntil].filter((time) => time !== undefined);
  return {
    ...later,
    until: later.until ?? earlier.until,
    ...(times.length > 0 && { tokensIssuedUntil: Math.max(...times) }),
  };
}

/** Length first, so that no two pairs of names give the same text. */
const pair = (kind: string, first: string, second: string): string => `${kind}${first.length}:${first}${second}`;
