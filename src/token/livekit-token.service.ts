/** Signs the terms of a join as a LiveKit access token; the only file that knows the SDK's AccessToken. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  AccessToken,
  claimsToJwtPayload,
  RoomAgentDispatch,
  RoomConfiguration,
  TrackSource,
  type VideoGrant,
} from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import type { LiveKitKeyRing } from '../config/livekit-key-ring.js';
import type { AgentDispatch } from '../policy/join-request.js';
import type { JoinGrants, JoinTerms, TrackSourceName } from '../policy/join-terms.js';

import { HmacSha256 } from './hmac-sha256.js';

const SOURCES: Record<TrackSourceName, TrackSource> = {
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};

@Injectable()
export class LiveKitTokenService {
  private readonly keys: LiveKitKeyRing;
  /** Of the secret that signs: another one comes with another key file. */
  private hmac = new HmacSha256('');

  constructor(config: ConfigService<Environment, true>) {
    this.keys = config.get('LIVEKIT_KEYS', { infer: true });
  }

  /** The signed token of these terms: always with `sub`, `video.roomJoin`, `video.room`, `nbf` and `exp`. */
  sign(terms: JoinTerms): string {
    if (!terms.identity || !terms.room) throw new Error('A token needs an identity and a room.');
    const { key, secret } = this.keys.signing;
    if (this.hmac.secret !== secret) this.hmac = new HmacSha256(secret);
    const token = new LocallySignedToken(key, this.hmac);
    token.addGrant({ roomJoin: true, room: terms.room, ...videoGrant(terms.grants) });
    if (terms.name !== undefined) token.name = terms.name;
    if (terms.metadata !== undefined) token.metadata = terms.metadata;
    if (terms.attributes !== undefined) token.attributes = { ...terms.attributes };
    if (terms.agents !== undefined) token.roomConfig = roomConfiguration(terms.agents);
    return token.signed(terms.identity, lifetime(terms.ttl));
  }
}

const HEADER = Buffer.from('{"alg":"HS256"}').toString('base64url');

/** The SDK's token with its claims, signed at once: the SDK's own `toJwt()` takes several times as long for the same. */
class LocallySignedToken extends AccessToken {
  constructor(
    private readonly key: string,
    private readonly hmac: HmacSha256,
  ) {
    super(key, hmac.secret);
  }

  signed(subject: string, seconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    // The claims are the SDK's business, and private; that they are the same as in its own tokens is tested.
    // Assigned to ours, not ours to them: what is added to the SDK's copy gets a hidden class of its own each time on Node 20,
    // which takes longer than the signature.
    const own = { iss: this.key, exp: now + seconds, nbf: now, sub: subject };
    const claims = Object.assign(own, claimsToJwtPayload(this['grants']));
    const content = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${content}.${this.hmac.sign(content)}`;
  }
}

/** The SDK takes 0, NaN and '' for its own six hours, and a fraction for the second above it. */
function lifetime(ttl: number): number {
  if (!Number.isInteger(ttl) || ttl <= 0) throw new Error('A token lives for a whole number of seconds, one at least.');
  return ttl;
}

/** Copies grant by grant: what terms are not meant to hold cannot slip into a token, whoever made them. */
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
    // LiveKit takes an empty list for all sources, the opposite of what it says.
    if (canPublishSources.length === 0)
      throw new Error('canPublishSources must not be empty; set canPublish to false.');
    video.canPublishSources = canPublishSources.map((source) => SOURCES[source]);
  }
  return video;
}

/**
 * As plain JSON without default values: the message's own serialisation writes them all, and LiveKit servers that do not
 * know one of them yet refuse the whole token.
 */
function roomConfiguration(agents: readonly AgentDispatch[]): RoomConfiguration {
  const dispatches = agents.map((agent) => new RoomAgentDispatch({ ...agent }));
  return new RoomConfiguration({ agents: dispatches }).toJson() as unknown as RoomConfiguration;
}
