import { createHmac, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';

import { ProblemException } from '../errors/problem.exception.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { type JoinToken, readJoinToken } from './join-token.js';

/** LiveKit's. In seconds. */
const LEEWAY = 60;

/** Verifies tokens for LiveKit with the keys that LiveKit has, by `createHmac`: see docs/decisions/signing.md. */
@Injectable()
export class JoinTokenVerifier {
  constructor(private readonly keys: KeyRing) {}

  /** Throws JOIN_TOKEN_INVALID (401) for a token that LiveKit refuses. */
  verify(token: string): JoinToken {
    const claims = claimsOf(token);
    const pair = this.keys.all.find(({ key }) => key === claims.iss);
    if (pair === undefined || !isSigned(token, pair.secret) || !isInTime(claims)) throw invalid();
    const read = readJoinToken(claims);
    if (read === undefined) throw invalid();
    return read;
  }
}

/** Not trusted: nothing has checked the signature. */
function claimsOf(token: string): JWTPayload {
  try {
    const { alg, crit } = decodeProtectedHeader(token);
    // Extensions that a token demands would have to be understood (RFC 7515, section 4.1.11).
    if (alg !== 'HS256' || crit !== undefined) throw invalid();
    return decodeJwt(token);
  } catch (error) {
    // decodeProtectedHeader() throws a TypeError for what is no token.
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw invalid(error);
  }
}

/** Compares texts, so that a signature has one form only. */
function isSigned(token: string, secret: string): boolean {
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1));
  const expected = Buffer.from(createHmac('sha256', secret).update(token.slice(0, end)).digest('base64url'));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isInTime({ exp, nbf = 0 }: JWTPayload): boolean {
  const now = Math.floor(Date.now() / 1000);
  return typeof exp === 'number' && typeof nbf === 'number' && exp > now - LEEWAY && nbf <= now + LEEWAY;
}

const invalid = (cause?: unknown): ProblemException => new ProblemException('JOIN_TOKEN_INVALID', undefined, { cause });
