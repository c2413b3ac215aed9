/** A LiveKit server in the process, without media: checks tokens as LiveKit does, keeps rooms, fails and hangs when told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { ParticipantInfo, ParticipantInfo_State, Room } from '@livekit/protocol';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';

/** What the next call answers instead of doing its work; `hang` is never answered. */
export type ScriptedFailure = 'hang' | { readonly status: number; readonly code: string } | { readonly text: string };

interface Call {
  readonly method: string;
  readonly body: Record<string, unknown>;
  readonly claims: LiveKitClaims;
}

interface LiveKitClaims extends JWTPayload {
  readonly video?: Record<string, unknown>;
}

const PREFIX = '/twirp/livekit.RoomService/';
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
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<FakeLiveKit> {
    const livekit = new FakeLiveKit();
    livekit.server.listen(0, '127.0.0.1');
    await once(livekit.server, 'listening');
    return livekit;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  failNext(failure: ScriptedFailure): void {
    this.failures.push(failure);
  }

  join(room: string, identity: string): void {
    const participants = this.rooms.get(room) ?? new Map<string, ParticipantInfo>();
    const sid = `PA_${identity}`;
    participants.set(identity, new ParticipantInfo({ sid, identity, state: ParticipantInfo_State.ACTIVE }));
    this.rooms.set(room, participants);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', this.now().toUTCString());
    if (request.method === 'GET') return this.answerFront(request, response);
    const body = (await json(request)) as Record<string, unknown>;
    const claims = await this.claimsOf(request.headers.authorization ?? '', response);
    if (claims === undefined) return;
    const method = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
    this.calls.push({ method, body, claims });
    const failure = this.failures.shift();
    if (failure === 'hang') return;
    if (failure === undefined) this.act(method, body, claims.video ?? {}, response);
    else if ('text' in failure) response.writeHead(200, { 'content-type': 'text/html' }).end(failure.text);
    else fail(response, failure.status, failure.code, 'scripted: the password is hunter2');
  }

  private now(): Date {
    return new Date(Date.now() + this.clockAhead * 1000);
  }

  /** Its health at /, and at /rtc/validate what a join with the token would come to. */
  private async answerFront({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, text: string): void => {
      if (status >= 300 && status < 400) response.setHeader('location', '/elsewhere');
      response.writeHead(status).end(text);
    };
    const front = this.fronts.get(url);
    if (front === 'hang') return;
    if (front) return say(front.status, front.body);
    if (url === '/') return say(200, 'OK');
    if (url !== '/rtc/validate') return say(404, '404 page not found\n');
    if (headers.authorization === undefined) return say(401, 'no permissions to access the room');
    const claims = await this.claimsOf(headers.authorization, response);
    if (claims === undefined) return;
    const room = String(claims.video?.['room']);
    if (this.autoCreate || this.rooms.has(room)) say(200, 'success');
    else say(404, 'requested room does not exist');
  }

  /** The middleware's answers to a token that is not good are text, and hold that token. */
  private async claimsOf(authorization: string, response: ServerResponse): Promise<LiveKitClaims | undefined> {
    const token = authorization.replace(/^Bearer /, '');
    const { iss = '' } = decodeJwt(token);
    const secret = this.keys.get(iss);
    try {
      if (secret === undefined) throw new Error(`invalid API key: ${iss}`);
      const options = { issuer: iss, algorithms: ['HS256'], clockTolerance: 60, currentDate: this.now() };
      return (await jwtVerify<LiveKitClaims>(token, new TextEncoder().encode(secret), options)).payload;
    } catch (error) {
      const text =
        secret === undefined ? `invalid API key: ${iss}` : `invalid token: ${token}, error: ${reasonOf(error)}`;
      response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
      return undefined;
    }
  }

  private act(
    method: string,
    body: Record<string, unknown>,
    video: Record<string, unknown>,
    response: ServerResponse,
  ): void {
    const room = String(body['room'] ?? body['name'] ?? '');
    const participants = this.rooms.get(room);
    const identity = String(body['identity'] ?? '');
    const may = granted(method, room, video);
    if (may === undefined) return fail(response, 404, 'bad_route', `no handler for ${method}`);
    if (!may) return fail(response, 401, 'unauthenticated', 'permissions denied');
    switch (method) {
      case 'ListRooms':
        return succeed(response, { rooms: [...this.rooms.keys()].map((name) => this.roomOf(name)) });
      case 'CreateRoom':
        this.rooms.set(room, participants ?? new Map());
        return succeed(response, this.roomOf(room));
      case 'ListParticipants':
        return succeed(response, {
          participants: [...(participants?.values() ?? [])].map((participant) => participant.toJson(JSON_FORM)),
        });
      case 'DeleteRoom':
        if (participants === undefined) return fail(response, 404, 'not_found', 'requested room does not exist');
        this.rooms.delete(room);
        return succeed(response, {});
      default: {
        const participant = participants?.get(identity);
        if (participant === undefined) return fail(response, 404, 'not_found', 'participant does not exist');
        if (method === 'RemoveParticipant') participants?.delete(identity);
        return succeed(response, method === 'RemoveParticipant' ? {} : participant.toJson(JSON_FORM));
      }
    }
  }

  private roomOf(name: string): unknown {
    const numParticipants = this.rooms.get(name)?.size ?? 0;
    return new Room({ sid: `RM_${name}`, name, numParticipants, turnPassword: 'hunter2' }).toJson(JSON_FORM);
  }
}

/** In the words of the library that LiveKit verifies tokens with. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'token has invalid claims: token is expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'token has invalid claims: token is not valid yet';
  return 'token signature is invalid: signature is invalid';
}

/** Whether the grants allow the call; undefined for a method that the fake does not have. */
function granted(method: string, room: string, video: Record<string, unknown>): boolean | undefined {
  switch (method) {
    case 'ListRooms':
      return video['roomList'] === true;
    case 'CreateRoom':
    case 'DeleteRoom':
      return video['roomCreate'] === true;
    case 'ListParticipants':
    case 'GetParticipant':
    case 'RemoveParticipant':
      return video['roomAdmin'] === true && video['room'] === room;
    default:
      return undefined;
  }
}

function succeed(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, code: string, msg: string): void {
  // What LiveKit's rpc layer puts before its texts.
  const body = JSON.stringify({ code, msg: `twirp error unknown: ${msg}` });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
