import type { IncomingMessage } from 'node:http';

import {
  ConflictException,
  ForbiddenException,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { type Caller, CurrentCaller, rememberHandshake } from 'livekit-token-service/auth';
import { ProblemFilter } from 'livekit-token-service/errors';
import type { WebSocket } from 'ws';

import { HostGuard } from '../hosts/host.guard.js';

import { RoomDto } from './waiting-room.dto.js';
import { KEPT_FOR_MS, WaitingRoomStore } from './waiting-room.store.js';

/** In one room, so that the list stays readable. */
const MAX_WAITING = 200;

interface Guest {
  readonly room: string;
  readonly identity: string;
}

/**
 * Guests send `wait`, and get `admitted` when a host admits them; then they ask for a token. Hosts send `watch`, and get the list of
 * guests by `guests` whenever it changes. Each connection waits for one room, or watches one.
 */
@WebSocketGateway()
@UseFilters(ProblemFilter)
export class WaitingRoomGateway
  implements OnGatewayConnection, OnGatewayDisconnect, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger = new Logger('WaitingRoom');
  private readonly guests = new Map<WebSocket, Guest>();
  private readonly watched = new Map<WebSocket, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: WaitingRoomStore) {}

  onApplicationBootstrap(): void {
    this.store.subscribe((room) => this.try(this.tell(room)));
    this.timer = setInterval(() => this.try(this.keepAll()), KEPT_FOR_MS / 3).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    rememberHandshake(client, request);
  }

  handleDisconnect(client: WebSocket): void {
    const guest = this.guests.get(client);
    this.guests.delete(client);
    this.watched.delete(client);
    if (guest !== undefined) this.try(this.store.leave(guest.room, guest.identity));
  }

  @SubscribeMessage('wait')
  async wait(
    @ConnectedSocket() client: WebSocket,
    @MessageBody() { room }: RoomDto,
    @CurrentCaller() caller: Caller,
  ): Promise<WsResponse<RoomDto>> {
    if (caller.kind === 'anonymous') {
      throw new ForbiddenException('Waiting rooms need authentication.', { errorCode: 'GUEST_UNKNOWN' });
    }
    if ((await this.store.waiting(room)).length >= MAX_WAITING) {
      throw new ConflictException('Too many guests are waiting.', { errorCode: 'WAITING_ROOM_FULL' });
    }
    if (await this.store.isAdmitted(room, caller.identity)) return { event: 'admitted', data: { room } };
    this.guests.set(client, { room, identity: caller.identity });
    await this.store.keep(room, caller.identity);
    return { event: 'waiting', data: { room } };
  }

  @UseGuards(HostGuard)
  @SubscribeMessage('watch')
  async watch(@ConnectedSocket() client: WebSocket, @MessageBody() { room }: RoomDto): Promise<WsResponse> {
    this.watched.set(client, room);
    return { event: 'guests', data: { room, waiting: await this.store.waiting(room) } };
  }

  /** Tells those on this instance whom the change concerns: of one room, or of all. */
  private async tell(changed: string | undefined): Promise<void> {
    for (const [client, { room, identity }] of this.guests) {
      if ((changed ?? room) !== room || !(await this.store.isAdmitted(room, identity))) continue;
      this.guests.delete(client);
      send(client, 'admitted', { room });
      await this.store.leave(room, identity);
    }
    for (const [client, room] of this.watched) {
      if ((changed ?? room) === room) send(client, 'guests', { room, waiting: await this.store.waiting(room) });
    }
  }

  private async keepAll(): Promise<void> {
    for (const { room, identity } of this.guests.values()) await this.store.keep(room, identity);
  }

  /** Outside of a message, no filter handles errors. */
  private try(work: Promise<void>): void {
    work.catch((error: unknown) => this.logger.warn(`The waiting room has missed a change: ${String(error)}`));
  }
}

function send(client: WebSocket, event: string, data: object): void {
  client.send(JSON.stringify({ event, data }));
}
