/** A LiveKit server in the process, without media: checks tokens as LiveKit does, keeps rooms, fails and hangs when told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { JsonValue } from '@bufbuild/protobuf';
import {
  ClientInfo_Capability,
  Codec,
  ParticipantInfo,
  ParticipantInfo_State,
  ParticipantPermission,
  Room,
} from '@livekit/protocol';

import { isShortEnough } from '../../src/livekit/names.js';

import { type GrantClaims, joinFault, readToken } from './fake-livekit.token.js';

/** What the next call answers instead of doing its work; `hang` is never answered. */
export type ScriptedFailure = 'hang' | { readonly status: number; readonly code: string } | { readonly text: string };

interface Call {
  readonly method: string;
  readonly body: Record<string, unknown>;
  readonly claims: GrantClaims;
}

/** What a LiveKit without Redis has of these is no more than the check of grants. */
const NOT_SET_UP: Readonly<Record<string, (claims: GrantClaims) => boolean>> = {
  Egress: ({ video }) => video?.['roomRecord'] === true,
  Ingress: ({ video }) => video?.['ingressAdmin'] === true,
  SIP: ({ sip }) => sip?.['admin'] === true,
};

const JSON_FORM = { useProtoFieldName: true, emitDefaultValues: true };

export class FakeLiveKit {
  /** Calls whose token was accepted, in their order. */
  readonly calls: Call[] = [];
  /** The pairs that are accepted. */
  readonly keys = new Map([['devkey', 'secret']]);
  /** Seconds by which its clock is ahead of ours. */
  clockAhead = 0;
  /** Whether a join may create its room. */
  autoCreate = true;
  /** How what browsers and load balancers ask for is answered instead, by path; `hang` is never answered. */
  readonly fronts = new Map<string, 'hang' | { readonly status: number; readonly body: string }>();
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

  /** Also after `stop`, at the same address and with the same participants. */
  async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  failNext(failure: ScriptedFailure): void {
    this.failures.push(failure);
  }

  /** A later connection of the same identity has another `sid`. */
  join(room: string, identity: string, granted: Partial<ParticipantPermission> = {}): ParticipantInfo {
    const participants = this.rooms.get(room) ?? new Map<string, ParticipantInfo>();
    const count = (this.connections.get(identity) ?? 0) + 1;
    this.connections.set(identity, count);
    // LiveKit's have no `#`.
    const base = `PA_${identity.replaceAll('#', '-')}`;
    const sid = count === 1 ? base : `${base}_${count}`;
    const permission = new ParticipantPermission({
      canPublish: true,
      canPublishData: true,
      canSubscribe: true,
      ...granted,
    });
    const capabilities = [ClientInfo_Capability.CAP_PACKET_TRAILER];
    const state = ParticipantInfo_State.ACTIVE;
    const participant = new ParticipantInfo({ sid, identity, state, permission, capabilities });
    participants.set(identity, participant);
    this.rooms.set(room, participants);
    return participant;
  }

  leave(room: string, identity: string): void {
    this.rooms.get(room)?.delete(identity);
  }

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
    if ('fault' in reading) return say(response, 401, reading.fault);
    if (pathname === '/') return say(response, 200, 'OK');
    if (pathname === '/rtc/validate') return this.answerJoin(reading.claims, response);
    const [, service = '', method = ''] = /^\/twirp\/livekit\.(\w+)\/(\w+)$/.exec(pathname) ?? [];
    if (service !== 'RoomService' && !(service in NOT_SET_UP)) return say(response, 404, '404 page not found\n');
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
    const [status, fault] = joinFault(claims) ?? [200, 'success'];
    if (status === 200 && !this.autoCreate && !this.rooms.has(String(claims?.video?.['room']))) {
      return say(response, 404, 'requested room does not exist');
    }
    say(response, status, fault);
  }

  private async answerCall(
    service: string,
    method: string,
    claims: GrantClaims | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const grants = service === 'RoomService' ? GRANTS[method] : NOT_SET_UP[service];
    if (grants === undefined) return noHandler(request, response);
    const body = parsed(await text(request));
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
          participant.permission = ParticipantPermission.fromJson(body['permission'] as JsonValue);
        }
        return succeed(response, method === 'RemoveParticipant' ? {} : participant.toJson(JSON_FORM));
      }
    }
  }

  private roomOf(name: string): object {
    const numParticipants = this.rooms.get(name)?.size ?? 0;
    const enabledCodecs = [new Codec({ mime: 'audio/opus' })];
    const room = new Room({ sid: `RM_${name}`, name, numParticipants, enabledCodecs, turnPassword: 'hunter2' });
    return { ...(room.toJson(JSON_FORM) as object), version: null };
  }
}

type GrantCheck = (claims: GrantClaims, room: string) => boolean;

const administers: GrantCheck = ({ video }, room) => video?.['roomAdmin'] === true && video['room'] === room;
const creates: GrantCheck = ({ video }) => video?.['roomCreate'] === true;

/** Of the calls that the fake has, what a token must hold for them. */
const GRANTS: Readonly<Record<string, GrantCheck>> = {
  ListRooms: ({ video }) => video?.['roomList'] === true,
  CreateRoom: creates,
  DeleteRoom: creates,
  ListParticipants: administers,
  GetParticipant: administers,
  RemoveParticipant: administers,
  UpdateParticipant: administers,
};

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(words);
}

function succeed(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, code: string, msg: string, meta?: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, msg, meta }));
}

/** What fails below LiveKit's HTTP layer has a text of the layer between put before it. */
function failBelow(response: ServerResponse, status: number, code: string, msg: string): void {
  fail(response, status, code, `twirp error unknown: ${msg}`);
}

function noHandler({ method, url }: IncomingMessage, response: ServerResponse): void {
  fail(response, 404, 'bad_route', `no handler for path "${url}"`, { twirp_invalid_route: `${method} ${url}` });
}
