/** Callers of an issuer who get tokens, and join and leave the rooms of a fake LiveKit, which the service learns by webhooks. */
import type { ParticipantInfo, ParticipantPermission } from '@livekit/protocol';

import type { RunningApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import type { FakeLiveKit } from '../../src/testing/fake-livekit.js';
import type { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';

export class Visitors {
  constructor(
    private readonly issuer: FakeIssuer,
    private readonly livekit: FakeLiveKit,
    /** The services to which LiveKit's webhooks go, each event to one of them. */
    private readonly services: readonly Pick<RunningApp, 'url'>[],
  ) {}

  /** The status of a request for a token, and the code of its refusal. */
  async ask(
    room: string,
    claims: Record<string, unknown>,
    url = this.services[0]?.url ?? '',
  ): Promise<[status: number, code?: string]> {
    const response = await fetch(`${url}/livekit/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.issuer.sign(claims)}` },
      body: JSON.stringify({ room_name: room }),
    });
    const { code } = (await response.json()) as { code?: string };
    return code === undefined ? [response.status] : [response.status, code];
  }

  /** Gets a token and joins. */
  async enter(room: string, claims: { sub: string } & Record<string, unknown>, url?: string): Promise<ParticipantInfo> {
    const [status, code] = await this.ask(room, claims, url);
    if (status !== 201) throw new Error(`No token: ${status} ${code}`);
    return this.join(room, claims.sub);
  }

  /** Joins with whatever token there is. */
  async join(
    room: string,
    identity: string,
    granted: Partial<ParticipantPermission> = {},
    to = this.services[0]?.url ?? '',
  ): Promise<ParticipantInfo> {
    const participant = this.livekit.join(room, identity, granted);
    await this.tell('participant_joined', room, participant, to);
    return participant;
  }

  async leave(room: string, participant: ParticipantInfo): Promise<void> {
    this.livekit.leave(room, participant.identity);
    await this.tell('participant_left', room, participant);
  }

  async tell(
    event: string,
    room: string,
    participant?: ParticipantInfo,
    to = this.services[0]?.url ?? '',
    id?: string,
  ): Promise<void> {
    const content = {
      room: { sid: `RM_${room}`, name: room },
      ...(participant && { participant: participant.toJson() }),
    };
    const response = await sendWebhook(to, eventBody(event, content, id));
    if (response.status !== 200) throw new Error(`The webhook was not accepted: ${response.status}`);
  }

  isInside(room: string, identity: string): boolean {
    return this.livekit.participant(room, identity) !== undefined;
  }

  /** Resolves when the participant is out, with the milliseconds that it took. */
  async gone(room: string, identity: string): Promise<number> {
    const begin = performance.now();
    await eventually(() => !this.isInside(room, identity));
    return performance.now() - begin;
  }
}
