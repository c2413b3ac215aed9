import { Inject, Injectable } from '@nestjs/common';

import { ProblemException } from '../errors/problem.exception.js';
import { clientUrl } from '../livekit/livekit-address.js';
import { LIVEKIT_OPTIONS } from '../livekit/livekit.module-definition.js';
import type { LiveKitOptions } from '../livekit/livekit.options.js';

/** Where clients connect to LiveKit. */
@Injectable()
export class ServerUrl {
  private readonly url: string | undefined;

  constructor(@Inject(LIVEKIT_OPTIONS) options: LiveKitOptions) {
    this.url = clientUrl(options);
  }

  /** The address as ws:// or wss://. Throws LIVEKIT_URL_MISSING (503) if it is not set. */
  get(): string {
    if (this.url === undefined) throw new ProblemException('LIVEKIT_URL_MISSING');
    return this.url;
  }
}
