/** Creates the SDK's clients. Each call is signed with the current key pair, times out, and rejects with a `ProblemException`. */
import { Inject, Injectable } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { ClientOptions } from 'livekit-server-sdk';

import { ProblemException } from '../errors/problem.exception.js';
import { inSpan, SpanKind, type SpanSettings } from '../telemetry/tracing.js';

import { KeyRing } from './key-ring.service.js';
import { serverApiUrl } from './livekit-address.js';
import { liveKitFailure } from './livekit-failure.js';
import { LIVEKIT_OPTIONS } from './livekit.module-definition.js';
import type { LiveKitOptions } from './livekit.options.js';

const OPTIONS: ClientOptions = {
  /** Seconds. Calls that wait until a telephone is answered set their own. */
  requestTimeout: 5,
  // Failover would multiply the timeout by the regions of LiveKit Cloud, and writes to the console.
  failover: false,
};

type SdkClient<Client> = new (host: string, apiKey: string, secret: string, options: ClientOptions) => Client;

@Injectable()
export class LiveKitClientFactory {
  private readonly url: string | undefined;
  private readonly address: URL | undefined;

  constructor(
    private readonly keys: KeyRing,
    @Inject(LIVEKIT_OPTIONS) options: LiveKitOptions,
  ) {
    this.url = serverApiUrl(options);
    this.address = this.url === undefined ? undefined : new URL(this.url);
  }

  /**
   * Returns a client with every method of the SDK's. Each call makes a new SDK client, because a client keeps the key pair of its
   * construction. Calls reject with LIVEKIT_URL_MISSING if no address is set.
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
    return inSpan(
      `${Sdk.name}/${name}`,
      () => this.spanSettings(Sdk.name, name),
      async () => {
        try {
          return await (client as Record<string, (...values: unknown[]) => unknown>)[name]?.(...args);
        } catch (error) {
          throw liveKitFailure(error);
        }
      },
    );
  }

  /** By OpenTelemetry's conventions for RPC. The SDK's names stand in for Twirp's, which it does not publish. */
  private spanSettings(client: string, method: string): SpanSettings {
    const { hostname = '', port = '', protocol = '' } = this.address ?? {};
    return {
      kind: SpanKind.CLIENT,
      attributes: {
        'rpc.system.name': 'twirp',
        'rpc.method': `${client}/${method}`,
        'server.address': hostname,
        'server.port': Number(port) || (/^(https|wss):$/.test(protocol) ? 443 : 80),
      },
    };
  }
}
