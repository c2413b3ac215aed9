import { Injectable } from '@nestjs/common';
import { type CryptoKey, decodeJwt, errors, jwtVerify } from 'jose';

import type { LiveKitKeyPair } from '../config/livekit-keys.js';
import { ProblemException } from '../errors/problem.exception.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { type JoinToken, readJoinToken } from './join-token.js';

/** LiveKit's. In seconds. */
const LEEWAY = 60;

/** Verifies tokens for LiveKit with the keys that LiveKit has. */
@Injectable()
export class JoinTokenVerifier {
  /** Importing a key takes as long as verifying a token. */
  private readonly imported = new WeakMap<LiveKitKeyPair, Promise<CryptoKey>>();

  constructor(private readonly keys: KeyRing) {}

  /** Throws JOIN_TOKEN_INVALID (401) for a token that LiveKit refuses, unless time is the only reason. */
  async verify(token: string): Promise<JoinToken> {
    const { payload, hasExpired } = await this.claimsOf(token);
    const read = readJoinToken(payload, hasExpired);
    if (read === undefined) throw new ProblemException('JOIN_TOKEN_INVALID');
    return read;
  }

  private async claimsOf(token: string): Promise<{ readonly payload: unknown; readonly hasExpired: boolean }> {
    try {
      const { iss } = decodeJwt(token);
      const pair = this.keys.all.find(({ key }) => key === iss);
      if (pair === undefined) throw new ProblemException('JOIN_TOKEN_INVALID');
      const { payload } = await jwtVerify(token, await this.keyOf(pair), {
        algorithms: ['HS256'],
        issuer: pair.key,
        requiredClaims: ['exp'],
        clockTolerance: LEEWAY,
      });
      return { payload, hasExpired: false };
    } catch (error) {
      // Thrown after the signature and all other claims were verified.
      if (error instanceof errors.JWTExpired) return { payload: error.payload, hasExpired: true };
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new ProblemException('JOIN_TOKEN_INVALID', undefined, { cause: error });
    }
  }

  private keyOf(pair: LiveKitKeyPair): Promise<CryptoKey> {
    const known = this.imported.get(pair);
    if (known !== undefined) return known;
    const secret = new TextEncoder().encode(pair.secret);
    const key = crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    this.imported.set(pair, key);
    return key;
  }
}
