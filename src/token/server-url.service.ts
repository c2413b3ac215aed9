import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Where clients connect to LiveKit. */
@Injectable()
export class ServerUrl {
  private readonly url: string | undefined;

  constructor(config: ConfigService<Environment, true>) {
    // Every client accepts ws:// and wss://.
    this.url = config.get('LIVEKIT_URL', { infer: true })?.replace(/^http/, 'ws');
  }

  /** LIVEKIT_URL as ws:// or wss://. Throws LIVEKIT_URL_MISSING (503) if it is not set. */
  get(): string {
    if (this.url === undefined) throw new ProblemException('LIVEKIT_URL_MISSING');
    return this.url;
  }
}
