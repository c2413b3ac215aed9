import {
  HttpException,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { RoomServiceClient } from 'livekit-server-sdk';
import { isPerson } from 'livekit-token-service/webhook';

import { stayOf } from './stay.js';
import { type NewStay, Stays } from './stays.repository.js';
import { usageConfig, type UsageConfig } from './usage.config.js';

/** Compares the stays with LiveKit's participants: webhooks are lost when this service or LiveKit stops at the wrong moment. */
@Injectable()
export class Comparison implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Usage');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(usageConfig.KEY) private readonly config: UsageConfig,
    private readonly rooms: RoomServiceClient,
    private readonly stays: Stays,
  ) {}

  onApplicationBootstrap(): void {
    void this.run();
    this.timer = setInterval(() => void this.run(), this.config.compareSeconds * 1000).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One comparison at a time. Ends no stay if LiveKit is unavailable. */
  run(): Promise<void> {
    this.running ??= this.compare()
      .catch((error: unknown) => this.logger.warn(`Usage was not compared with LiveKit: ${String(error)}`))
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async compare(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    // Read before the list: a person who joins while LiveKit lists is not taken for one who has left.
    const open = await this.stays.open();
    const listed: NewStay[] = [];
    for (const { name } of await this.rooms.listRooms()) listed.push(...(await this.persons(name)));
    const present = new Set(listed.map(({ sid }) => sid));
    await this.stays.begin(listed);
    await this.stays.seen([...present], now);
    await this.stays.missing(open.filter((sid) => !present.has(sid)));
  }

  private async persons(room: string): Promise<NewStay[]> {
    try {
      const participants = await this.rooms.listParticipants(room);
      return participants.filter(isPerson).map((participant) => stayOf(room, participant));
    } catch (error) {
      // The room has ended since LiveKit listed it.
      if (error instanceof HttpException && error.errorCode === 'LIVEKIT_NOT_FOUND') return [];
      throw error;
    }
  }
}
