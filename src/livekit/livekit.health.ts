import { Inject, Injectable } from '@nestjs/common';

import { Dependency, type HealthCheck } from '../health/dependency.decorator.js';
import { inRequestSpan } from '../telemetry/http-client.span.js';

import { serverApiUrl } from './livekit-address.js';
import { LIVEKIT_OPTIONS } from './livekit.module-definition.js';
import type { LiveKitOptions } from './livekit.options.js';

@Injectable()
@Dependency('livekit')
export class LiveKitHealth implements HealthCheck {
  private readonly url: string | undefined;

  constructor(@Inject(LIVEKIT_OPTIONS) options: LiveKitOptions) {
    this.url = serverApiUrl(options)?.replace(/^ws/, 'http');
  }

  get configured(): boolean {
    return this.url !== undefined;
  }

  /** LiveKit's own health check: 200, or 406 if the node no longer reports its state. Needs no key. */
  async check(signal: AbortSignal): Promise<void> {
    const url = `${this.url}/`;
    const response = await inRequestSpan('GET', url, () => fetch(url, { signal }));
    await response.body?.cancel();
    if (!response.ok) throw new Error(`LiveKit responds with ${response.status}.`);
  }
}
