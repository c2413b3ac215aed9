/** Makes the SDK's clients of LiveKit: each call signed by the key pair of the moment, bounded in time, its failure a refusal. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { MetadataScanner } from '@nestjs/core';
import type { ClientOptions } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import { KeyRing } from './key-ring.service.js';
import { liveKitFailure } from './livekit-failure.js';

const OPTIONS: ClientOptions = {
  /** Seconds; calls that wait for somebody to pick up a telephone state their own. */
  requestTimeout: 5,
  // It tries other regions of LiveKit Cloud, each for the time above, and tells the console of it.
  failover: false,
};

type SdkClient<Client> = new (host: string, apiKey: string, secret: string, options: ClientOptions) => Client;

@Injectable()
export class LiveKitClientFactory {
  private readonly url: string | undefined;

  constructor(
    private readonly keys: KeyRing,
    config: ConfigService<Environment, true>,
  ) {
    this.url = config.get('LIVEKIT_INTERNAL_URL', { infer: true });
  }

  /**
   * A client with every method of the SDK's, each of which is called on a client made for that call: the SDK's own keeps the
   * key pair and the address that it was made with, and there may be another pair by then, or no address at all.
   */
  create<Client extends object>(Sdk: SdkClient<Client>): Client {
    const client: Client = Object.create(Sdk.prototype);
    for (const name of new MetadataScanner().getAllMethodNames(Sdk.prototype)) {
      Object.defineProperty(client, name, { value: (...args: unknown[]) => this.call(Sdk, name, args) });
    }
    return client;
  }

  private async call<Client extends object>(Sdk: SdkClient<Client>, name: string, args: unknown[]): Promise<unknown> {
    if (this.url === undefined) throw new ProblemException('LIVEKIT_URL_MISSING');
    const { key, secret } = this.keys.signing;
    const client = new Sdk(this.url, key, secret, OPTIONS);
    try {
      return await (client as Record<string, (...values: unknown[]) => unknown>)[name]?.(...args);
    } catch (error) {
      throw liveKitFailure(error);
    }
  }
}
