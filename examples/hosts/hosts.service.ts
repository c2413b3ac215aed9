/** Knows who is a host: whose access token says so. */
import { Inject, Injectable } from '@nestjs/common';

import type { Caller } from '../../src/auth/caller.js';

import { hostsConfig, type HostsConfig } from './hosts.config.js';

@Injectable()
export class Hosts {
  constructor(@Inject(hostsConfig.KEY) private readonly config: HostsConfig) {}

  /** Nobody is a host without having been verified. */
  include(caller: Caller): boolean {
    if (caller.kind !== 'verified') return false;
    const said = caller.claims[this.config.claim];
    return said === this.config.value || (Array.isArray(said) && said.includes(this.config.value));
  }
}
