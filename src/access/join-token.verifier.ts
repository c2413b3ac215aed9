import { createSecretKey, type KeyObject } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { LiveKitKeyPair } from '../config/livekit-keys.js';
import { ProblemException } from '../errors/problem.exception.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { verifiedClaims } from './join-token.claims.js';
import { type JoinToken, readJoinToken } from './join-token.js';

/** Verifies tokens for LiveKit with the keys that LiveKit has. */
@Injectable()
export class JoinTokenVerifier {
  private readonly imported = new WeakMap<LiveKitKeyPair, KeyObject>();

  constructor(private readonly keys: KeyRing) {}

  /** Throws JOIN_TOKEN_INVALID (401) for a token that LiveKit refuses, unless time is the only reason. */
  verify(token: string): JoinToken {
    const claims = verifiedClaims(token, (issuer) => this.keyOf(issuer));
    const read = claims && readJoinToken(claims.payload, claims.hasExpired);
    if (read === undefined) throw new ProblemException('JOIN_TOKEN_INVALID');
    return read;
  }

  private keyOf(issuer: unknown): KeyObject | undefined {
    const pair = this.keys.all.find(({ key }) => key === issuer);
    if (pair === undefined) return undefined;
    const imported = this.imported.get(pair) ?? createSecretKey(pair.secret, 'utf8');
    this.imported.set(pair, imported);
    return imported;
  }
}
