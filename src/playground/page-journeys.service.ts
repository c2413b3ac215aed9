import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { LRUCache } from 'lru-cache';

import type { Environment } from '../config/environment.js';
import { JourneyDto } from '../journey/dto/journey.dto.js';
import { JourneyService } from '../journey/journey.service.js';
import { TOKEN_ISSUED, type TokenIssuedEvent } from '../token/token-events.js';

interface Admitted {
  readonly room: string;
  readonly identity: string;
}

/** The page asks within a moment. */
const MAX_ENTRIES = 200;

/** Tells the page, by the id of its token request, what happened to the participant since. */
@Injectable()
export class PageJourneys {
  private readonly admitted = new LRUCache<string, Admitted>({ max: MAX_ENTRIES });

  constructor(
    config: ConfigService<Environment, true>,
    events: EventEmitter2,
    private readonly journeys: JourneyService,
  ) {
    if (!config.get('JOURNEYS_SHOWN', { infer: true })) return;
    events.on(TOKEN_ISSUED, ({ requestId, room, identity }: TokenIssuedEvent) => {
      this.admitted.set(requestId, { room, identity });
    });
  }

  /** Undefined if the request is unknown. */
  async of(requestId: string): Promise<JourneyDto | undefined> {
    const admitted = this.admitted.get(requestId);
    if (admitted === undefined) return undefined;
    const { room, identity } = admitted;
    return JourneyDto.of(await this.journeys.tell(room, identity, () => Promise.resolve(false)));
  }
}
