import { Injectable } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { verifiedClaims } from './join-token.claims.js';
import { type JoinToken, readJoinToken } from './join-token.js';

/** Verifies tokens for LiveKit with the keys that LiveKit has. */
@Injectable()
export class JoinTokenVerifier {
  constructor(private readonly keys: KeyRing) {}

  /** Throws JOIN_TOKEN_INVALID (401) for a token that LiveKit refuses, unless time is the only reason. */
  verify(token: string): JoinToken {
    const claims = verifiedClaims(token, (issuer) => this.keys.all.find(({ key }) => key === issuer)?.secret);
    const read = claims && readJoinToken(claims.payload, claims.hasExpired);
    if (read === undefined) throw new ProblemException('JOIN_TOKEN_INVALID');
    return read;
  }
}
