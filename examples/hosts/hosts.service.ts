/** Hosts are callers whose access token has the configured claim. */
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from 'livekit-token-service/auth';

import { hostsConfig, type HostsConfig } from './hosts.config.js';

@Injectable()
export class Hosts {
  constructor(@Inject(hostsConfig.KEY) private readonly config: HostsConfig) {}

  /** Anonymous callers are never hosts. */
  include(caller: Caller): boolean {
    if (caller.kind !== 'verified') return false;
    const said = caller.claims[this.config.claim];
    return said === this.config.value || (Array.isArray(said) && said.includes(this.config.value));
  }
}
