/** Verifies tokens as LiveKit does, with errors in its words and in those of its library. */
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';

import { isShortEnough } from '../livekit/names.js';

export interface GrantClaims extends JWTPayload {
  readonly video?: Readonly<Record<string, unknown>>;
  readonly sip?: Readonly<Record<string, unknown>>;
}

/** Without a token there are no claims, and each route decides what that means. */
export type Reading = { readonly claims: GrantClaims | undefined } | { readonly error: string };

export interface Verification {
  readonly keys: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** A header counts before the query. */
export async function readToken(
  authorization: string | undefined,
  query: string | null,
  { keys, now }: Verification,
): Promise<Reading> {
  if (authorization !== undefined && !authorization.startsWith('Bearer ')) {
    return { error: 'invalid authorization header. Must start with Bearer ' };
  }
  const token = authorization?.slice('Bearer '.length) ?? query;
  if (token === null) return { claims: undefined };
  const iss = issuerOf(token);
  if (iss === undefined) return { error: 'invalid authorization token' };
  const secret = keys.get(iss);
  if (secret === undefined) return { error: `invalid API key: ${iss}` };
  try {
    const options = { algorithms: ['HS256'], clockTolerance: 60, currentDate: now };
    return { claims: (await jwtVerify<GrantClaims>(token, new TextEncoder().encode(secret), options)).payload };
  } catch (error) {
    return { error: `invalid token: ${token}, error: ${reasonOf(error, token)}` };
  }
}

/** The response if a join with these claims fails. */
export function joinError(claims: GrantClaims | undefined): readonly [status: number, text: string] | undefined {
  if (claims?.video === undefined) return [401, 'no permissions to access the room'];
  const { sub, jti, video } = claims;
  const identity = sub ?? jti ?? '';
  const room = typeof video['room'] === 'string' ? video['room'] : '';
  if (video['roomJoin'] !== true) return [401, 'permissions denied'];
  if (identity === '') return [400, 'identity cannot be empty'];
  if (!isShortEnough(identity)) return [400, 'participant identity length exceeds limits: max length 256'];
  if (room === '') return [400, 'no room name'];
  if (!isShortEnough(room)) return [400, 'room name length exceeds limits: max length 256'];
  return undefined;
}

/** Undefined for what is no token at all. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown, token: string): string {
  const { alg } = decodeProtectedHeader(token);
  if (alg !== 'HS256') return `token signature is invalid: signing method ${alg} is invalid`;
  if (error instanceof errors.JWTExpired) return 'token has invalid claims: token is expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'token has invalid claims: token is not valid yet';
  return 'token signature is invalid: signature is invalid';
}
