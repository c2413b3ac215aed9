import { Injectable } from '@nestjs/common';

import type { LiveKitKeyPair } from '../config/livekit-keys.js';
import { ProblemException } from '../errors/problem.exception.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { verifiedClaims, type Verifiers, verifiersOf } from './join-token.claims.js';
import { type JoinToken, readJoinToken } from './join-token.js';

/** Verifies tokens for LiveKit with the keys that LiveKit has. */
@Injectable()
export class JoinTokenVerifier {
  private pairs: readonly LiveKitKeyPair[] = [];
  private verifiers: Verifiers = new Map();

  constructor(private readonly ring: KeyRing) {}

  /** Throws JOIN_TOKEN_INVALID (401) for a token that LiveKit refuses, unless time is the only reason. */
  verify(token: string): JoinToken {
    const claims = verifiedClaims(token, this.current());
    const read = claims && readJoinToken(claims.payload, claims.hasExpired);
    if (read === undefined) throw new ProblemException('JOIN_TOKEN_INVALID');
    return read;
  }

  /** Imported once for each change of the key file. */
  private current(): Verifiers {
    const pairs = this.ring.all;
    if (pairs !== this.pairs) {
      this.verifiers = verifiersOf(pairs);
      this.pairs = pairs;
    }
    return this.verifiers;
  }
}
