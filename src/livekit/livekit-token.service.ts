/** Signs the terms of a join as a LiveKit access token. No other file uses the SDK's AccessToken. */
import { createHmac } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import {
  AccessToken,
  claimsToJwtPayload,
  RoomAgentDispatch,
  RoomConfiguration,
  type VideoGrant,
} from 'livekit-server-sdk';

import type { LiveKitKeyPair } from '../config/livekit-keys.js';

import { KeyRing } from './key-ring.service.js';
import type { JoinGrants, TokenTerms } from './token-terms.js';
import { SOURCES } from './track-sources.js';

/**
 * Bypasses policies, join rules, limits, the audit log and metrics: the caller must have decided. To let participants in, call
 * `AdmissionService.admit()`. Injected by importing `LiveKitModule`.
 */
@Injectable()
export class LiveKitTokenService {
  /** `KeyRing` has the credentials, in the service those of ConfigService. It replaces them when the key file changes. */
  constructor(private readonly keys: KeyRing) {}

  /** Returns a signed token that always has `sub`, `video.roomJoin`, `video.room`, `nbf` and `exp`. */
  sign(terms: TokenTerms): string {
    if (!terms.identity || !terms.room) throw new Error('A token needs an identity and a room.');
    const token = new LocallySignedToken(this.keys.signing);
    token.addGrant({ roomJoin: true, room: terms.room, ...videoGrant(terms.grants) });
    if (terms.name !== undefined) token.name = terms.name;
    if (terms.metadata !== undefined) token.metadata = terms.metadata;
    if (terms.attributes !== undefined) token.attributes = { ...terms.attributes };
    if (terms.agents !== undefined || terms.roomSettings !== undefined) token.roomConfig = roomConfiguration(terms);
    return token.signed(terms.identity, lifetime(terms.ttl), terms.endsAt);
  }
}

const HEADER = Buffer.from('{"alg":"HS256"}').toString('base64url');

/** Signs by `createHmac`: the SDK's own `toJwt()` costs twice the CPU time, see docs/decisions/signing.md. */
class LocallySignedToken extends AccessToken {
  constructor(private readonly pair: LiveKitKeyPair) {
    super(pair.key, pair.secret);
  }

  /** `endsAt` is in milliseconds since the epoch. A second may have begun since `seconds` was cut to it. */
  signed(subject: string, seconds: number, endsAt = Infinity): string {
    const now = Math.floor(Date.now() / 1000);
    const exp = Math.min(now + seconds, Math.floor(endsAt / 1000));
    const registered = { iss: this.pair.key, exp, nbf: now, sub: subject };
    // `grants` is private to the SDK. A test compares the result with toJwt() for generated terms.
    const claims = Object.assign(registered, claimsToJwtPayload(this['grants']));
    const content = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${content}.${createHmac('sha256', this.pair.secret).update(content).digest('base64url')}`;
  }
}

/** The SDK replaces 0, NaN and '' with its default of six hours, and rounds a fraction up. */
function lifetime(ttl: number): number {
  if (!Number.isInteger(ttl) || ttl <= 0)
    throw new Error('The ttl of a token must be a whole number of seconds, at least 1.');
  return ttl;
}

/** Copies grant by grant, so that a token never has a grant that {@link JoinGrants} does not list. */
function videoGrant(grants: JoinGrants): VideoGrant {
  const { canPublishSources } = grants;
  const video: VideoGrant = {};
  if (grants.canPublish !== undefined) video.canPublish = grants.canPublish;
  if (grants.canSubscribe !== undefined) video.canSubscribe = grants.canSubscribe;
  if (grants.canPublishData !== undefined) video.canPublishData = grants.canPublishData;
  if (grants.canUpdateOwnMetadata !== undefined) video.canUpdateOwnMetadata = grants.canUpdateOwnMetadata;
  if (grants.canSubscribeMetrics !== undefined) video.canSubscribeMetrics = grants.canSubscribeMetrics;
  if (grants.hidden !== undefined) video.hidden = grants.hidden;
  if (grants.roomAdmin !== undefined) video.roomAdmin = grants.roomAdmin;
  if (canPublishSources !== undefined) {
    // LiveKit reads an empty list as "all sources".
    if (canPublishSources.length === 0)
      throw new Error('canPublishSources must not be empty; set canPublish to false.');
    video.canPublishSources = canPublishSources.map((source) => SOURCES[source]);
  }
  return video;
}

/**
 * Plain JSON without default values: AccessToken would write all of them, and a LiveKit server refuses a token that has a field
 * which it does not know.
 */
function roomConfiguration({ agents = [], roomSettings = {} }: TokenTerms): RoomConfiguration {
  const { maxParticipants, emptyTimeout, departureTimeout } = roomSettings;
  const configuration = new RoomConfiguration({ agents: agents.map((agent) => new RoomAgentDispatch({ ...agent })) });
  if (maxParticipants !== undefined) configuration.maxParticipants = maxParticipants;
  if (emptyTimeout !== undefined) configuration.emptyTimeout = emptyTimeout;
  if (departureTimeout !== undefined) configuration.departureTimeout = departureTimeout;
  return configuration.toJson() as unknown as RoomConfiguration;
}
