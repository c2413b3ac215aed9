import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ParticipantInfo, ParticipantInfo_State, ParticipantPermission, Room } from 'livekit-server-sdk';

import { isShortEnough } from '../livekit/names.js';

import { GRANTS_WITHOUT_REDIS, ROOM_GRANTS } from './fake-livekit.grants.js';
import { type GrantClaims, joinError, readToken } from './fake-livekit.token.js';
import { fail, failBelow, noHandler, readBody, say, succeed } from './fake-livekit.twirp.js';
import { forget, remember } from './running.js';

type PermissionJson = Parameters<typeof ParticipantPermission.fromJson>[0];

/** How a call fails: never (`hang`), with a status and an error code of Twirp, or with 200 and a page of HTML. */
export type ScriptedFailure = 'hang' | { readonly status: number; readonly code: string } | { readonly text: string };

/** A call of LiveKit's API, such as `ListParticipants`. */
export interface LiveKitCall {
  readonly method: string;
  readonly body: Record<string, unknown>;
  readonly claims: GrantClaims;
}

const JSON_FORM = { useProtoFieldName: true, emitDefaultValues: true };

/**
 * A LiveKit server in the process of the test, on 127.0.0.1, without media: verifies tokens as LiveKit does, keeps rooms and participants, and
 * fails or hangs when a test says so. It has RoomService without data and metadata; Egress, Ingress and SIP respond as those of a LiveKit
 * without Redis.
 *
 * @example
 * ```ts
 * const livekit = await FakeLiveKit.start();
 * const service = await startApp({ LIVEKIT_URL: livekit.url }, { modules: [ModerationModule] });
 * livekit.join('room', 'alice');
 * ```
 */
export class FakeLiveKit {
  /** Calls whose token was valid, in their order. */
  readonly calls: LiveKitCall[] = [];
  /** Secrets by API key. */
  readonly keys: Map<string, string> = new Map([['devkey', 'secret']]);
  /** Seconds by which its clock is ahead of this machine's. */
  clockAhead = 0;
  /** Whether a join may create its room. */
  autoCreate = true;
  /** Other responses to GET requests of browsers and load balancers, by path; `hang` never responds. */
  readonly fronts: Map<string, 'hang' | { readonly status: number; readonly body: string }> = new Map();
  private readonly failures: ScriptedFailure[] = [];
  private readonly rooms = new Map<string, Map<string, ParticipantInfo>>();
  private readonly connections = new Map<string, number>();
  private readonly server: Server;
  private port = 0;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<FakeLiveKit> {
    const livekit = new FakeLiveKit();
    await livekit.listen();
    return livekit;
  }

  /** Starts again after `stop`, on the same port and with the same participants. */
  async listen(): Promise<void> {
    remember(this);
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** For `LIVEKIT_URL`. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Closes the port and all connections. It may be called again. */
  async stop(): Promise<void> {
    forget(this);
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Lets the next call fail; called twice, the next two. */
  failNext(failure: ScriptedFailure): void {
    this.failures.push(failure);
  }

  /** Lets a participant join, without a webhook. A later connection of the same identity has another `sid`. */
  join(room: string, identity: string, granted: Partial<ParticipantPermission> = {}): ParticipantInfo {
    const participants = this.rooms.get(room) ?? new Map<string, ParticipantInfo>();
    const count = (this.connections.get(identity) ?? 0) + 1;
    this.connections.set(identity, count);
    // LiveKit's have no `#`.
    const base = `PA_${identity.replaceAll('#', '-')}`;
    const sid = count === 1 ? base : `${base}_${count}`;
    // An enumeration that the SDK does not export.
    const participant = ParticipantInfo.fromJson({ sid, identity, capabilities: ['CAP_PACKET_TRAILER'] });
    participant.state = ParticipantInfo_State.ACTIVE;
    participant.permission = new ParticipantPermission({
      canPublish: true,
      canPublishData: true,
      canSubscribe: true,
      ...granted,
    });
    participants.set(identity, participant);
    this.rooms.set(room, participants);
    return participant;
  }

  /** Lets a participant leave, without a webhook. */
  leave(room: string, identity: string): void {
    this.rooms.get(room)?.delete(identity);
  }

  /** Undefined if there is no such participant in the room. */
  participant(room: string, identity: string): ParticipantInfo | undefined {
    return this.rooms.get(room)?.get(identity);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://livekit');
    response.setHeader('date', this.now().toUTCString());
    const front = request.method === 'GET' ? this.fronts.get(pathname) : undefined;
    if (front === 'hang') return;
    if (front) return this.answerAsFront(front, response);
    const verification = { keys: this.keys, now: this.now() };
    const reading = await readToken(request.headers.authorization, searchParams.get('access_token'), verification);
    if ('error' in reading) return say(response, 401, reading.error);
    if (pathname === '/') return say(response, 200, 'OK');
    if (pathname === '/rtc/validate') return this.answerJoin(reading.claims, response);
    const [, service = '', method = ''] = /^\/twirp\/livekit\.(\w+)\/(\w+)$/.exec(pathname) ?? [];
    if (service !== 'RoomService' && !(service in GRANTS_WITHOUT_REDIS))
      return say(response, 404, '404 page not found\n');
    return this.answerCall(service, method, reading.claims, request, response);
  }

  private now(): Date {
    return new Date(Date.now() + this.clockAhead * 1000);
  }

  private answerAsFront({ status, body }: { status: number; body: string }, response: ServerResponse): void {
    if (status >= 300 && status < 400) response.setHeader('location', '/elsewhere');
    response.writeHead(status).end(body);
  }

  /** What a join with the token would come to. */
  private answerJoin(claims: GrantClaims | undefined, response: ServerResponse): void {
    const [status, text] = joinError(claims) ?? [200, 'success'];
    if (status === 200 && !this.autoCreate && !this.rooms.has(String(claims?.video?.['room']))) {
      return say(response, 404, 'requested room does not exist');
    }
    say(response, status, text);
  }

  private async answerCall(
    service: string,
    method: string,
    claims: GrantClaims | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const grants = service === 'RoomService' ? ROOM_GRANTS[method] : GRANTS_WITHOUT_REDIS[service];
    if (grants === undefined) return noHandler(request, response);
    const body = await readBody(request);
    if (body === undefined) return fail(response, 400, 'malformed', 'the json request could not be decoded');
    if (claims !== undefined) {
      this.calls.push({ method, body, claims });
      const failure = this.failures.shift();
      if (failure === 'hang') return;
      if (failure !== undefined && 'text' in failure) {
        response.writeHead(200, { 'content-type': 'text/html' }).end(failure.text);
        return;
      }
      if (failure !== undefined) {
        return failBelow(response, failure.status, failure.code, 'scripted: the password is hunter2');
      }
    }
    const room = String(body['room'] ?? body['name'] ?? '');
    if (claims === undefined || !grants(claims, room)) {
      return fail(response, 401, 'unauthenticated', 'permissions denied');
    }
    if (service !== 'RoomService') {
      return failBelow(response, 500, 'internal', `${service.toLowerCase()} not connected (redis required)`);
    }
    this.act(method, room, body, response);
  }

  private act(method: string, room: string, body: Record<string, unknown>, response: ServerResponse): void {
    const participants = this.rooms.get(room);
    const identity = String(body['identity'] ?? '');
    switch (method) {
      case 'ListRooms': {
        const asked = (body['names'] ?? []) as readonly string[];
        const found = [...this.rooms.keys()].filter((name) => asked.length === 0 || asked.includes(name));
        return succeed(response, { rooms: found.map((name) => this.roomOf(name)) });
      }
      case 'CreateRoom':
        if (!isShortEnough(room)) {
          return failBelow(response, 400, 'invalid_argument', 'room name length exceeds limits: max length 256');
        }
        this.rooms.set(room, participants ?? new Map());
        return succeed(response, this.roomOf(room));
      case 'ListParticipants':
        return succeed(response, {
          participants: [...(participants?.values() ?? [])].map((participant) => participant.toJson(JSON_FORM)),
        });
      case 'DeleteRoom':
        if (participants === undefined) return failBelow(response, 404, 'not_found', 'requested room does not exist');
        this.rooms.delete(room);
        return succeed(response, {});
      default: {
        const participant = participants?.get(identity);
        if (participant === undefined) return failBelow(response, 404, 'not_found', 'participant does not exist');
        if (method === 'RemoveParticipant') participants?.delete(identity);
        if (method === 'UpdateParticipant') {
          participant.permission = ParticipantPermission.fromJson(body['permission'] as PermissionJson);
        }
        return succeed(response, method === 'RemoveParticipant' ? {} : participant.toJson(JSON_FORM));
      }
    }
  }

  private roomOf(name: string): object {
    const numParticipants = this.rooms.get(name)?.size ?? 0;
    const enabledCodecs = [{ mime: 'audio/opus' }];
    const room = new Room({ sid: `RM_${name}`, name, numParticipants, enabledCodecs, turnPassword: 'hunter2' });
    return { ...(room.toJson(JSON_FORM) as object), version: null };
  }
}
