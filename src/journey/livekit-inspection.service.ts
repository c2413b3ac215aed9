import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type ParticipantInfo, ParticipantInfo_State, RoomServiceClient } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { isLoopback } from '../config/value-readers.js';
import { ProblemException } from '../errors/problem.exception.js';
import { LiveKitTokenService } from '../livekit/livekit-token.service.js';

import type { LiveKitView, PresentParticipant } from './livekit-view.js';
import { type LiveKitAddress, LiveKitProbe, type Reply } from './livekit.probe.js';

/** LiveKit's words in all versions. Those about time come first: the token of the probe has the key of the service. */
const OF_TIME = /not valid yet|nbf|issued in the future|expired/i;
const OF_KEY = /invalid api key|signature|cryptographic/i;
const OF_ROOM = /requested room does not exist/;

/** Asks LiveKit about a room and a participant, and whether it accepts tokens. Changes nothing there. */
@Injectable()
export class LiveKitInspection {
  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly tokens: LiveKitTokenService,
    private readonly rooms: RoomServiceClient,
  ) {}

  /** Never rejects. Takes 5 s at most for each request that times out, all at the same time. */
  async look(room: string, identity: string): Promise<LiveKitView> {
    const probe = new LiveKitProbe(this.config, this.tokens);
    const [first, second] = probe.addresses;
    if (first === undefined) return { api: 'off', token: 'unknown', address: 'unknown', createsRooms: true };
    const [listed, participant, verdict, forClients] = await Promise.all([
      this.rooms.listRooms([room]).then(([found]) => ({ api: 'responds' as const, found }), failedCall),
      this.rooms.getParticipant(room, identity).catch(() => undefined),
      probe.verdict(first),
      second === undefined ? undefined : probe.verdict(second),
    ]);
    const { api, found } = listed;
    const isGated = this.config.get('GATE_UNKNOWN', { infer: true }) === 'refuse';
    return {
      api,
      token: tokenState(verdict),
      clockAhead: 'answer' in verdict ? verdict.answer.clockAhead : undefined,
      address: addressState(second ?? first, forClients ?? verdict, second !== undefined, isGated),
      host: (second ?? first).url.host,
      createsRooms: !('answer' in verdict && OF_ROOM.test(verdict.answer.body)),
      room: found && { sid: found.sid, participants: found.numParticipants, max: found.maxParticipants },
      participant: participant && presentParticipant(participant),
    };
  }
}

function failedCall(error: unknown): { readonly api: LiveKitView['api']; readonly found?: undefined } {
  const code = error instanceof ProblemException ? error.code : undefined;
  if (code === 'LIVEKIT_UNAVAILABLE') return { api: 'unreachable' };
  return { api: code === 'LIVEKIT_REFUSED_KEY' ? 'refuses_key' : 'failed' };
}

function tokenState(verdict: Reply): LiveKitView['token'] {
  if ('failure' in verdict) return 'unknown';
  const { status, body } = verdict.answer;
  if (isAccepted(verdict)) return 'accepted';
  if (status !== 401) return 'unknown';
  // LiveKit up to 1.13 quotes the token, which may contain any text.
  const words = body.replace(/[\w-]+\.[\w-]+\.[\w-]+/g, '');
  if (OF_TIME.test(words)) return 'refused_clock';
  return OF_KEY.test(words) ? 'refused_key' : 'unknown';
}

const isAccepted = (reply: Reply): boolean =>
  'answer' in reply &&
  ((reply.answer.status === 200 && reply.answer.body.trim() === 'success') ||
    (reply.answer.status === 404 && OF_ROOM.test(reply.answer.body)));

/** Without an internal address, it is the one of the API, which says more. */
function addressState(
  { url }: LiveKitAddress,
  verdict: Reply,
  isSecond: boolean,
  isGated: boolean,
): LiveKitView['address'] {
  if (isAccepted(verdict)) return 'livekit';
  // The token of the probe has no admission. The gate refuses it, whatever is behind.
  if (isGated && 'answer' in verdict && verdict.answer.status === 403) return 'unknown';
  // The machine of each client.
  if (isSecond && isLoopback(url.hostname) && 'failure' in verdict) return 'unknown';
  if ('failure' in verdict) return 'unreachable';
  if (verdict.answer.status !== 401) return 'other';
  return tokenState(verdict) === 'unknown' ? 'other' : isSecond ? 'other_livekit' : 'livekit';
}

function presentParticipant({ sid, state, tracks, joinedAt }: ParticipantInfo): PresentParticipant {
  const seconds = Math.max(0, Date.now() / 1000 - Number(joinedAt));
  return { sid, isActive: state === ParticipantInfo_State.ACTIVE, tracks: tracks.length, seconds };
}
