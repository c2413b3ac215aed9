import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { invalidVariables } from '../../test/support/invalid-variables.js';

import { EnvironmentError } from './environment.error.js';
import { readEnvironment } from './environment.js';
import type { EnvironmentSource } from './variable.js';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const PRODUCTION = { NODE_ENV: 'production', LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET: SECRET, AUTH_MODE: 'none' };

describe('readEnvironment', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'environment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('is the reference without any setting', () => {
    const environment = readEnvironment({});
    expect(environment).toMatchObject({
      SERVER_PORT: 6080,
      LIVEKIT_URL: 'ws://localhost:7880',
      LIVEKIT_INTERNAL_URL: 'ws://localhost:7880',
      TOKEN_RESPONSE_FORMAT: 'string',
      TOKEN_TTL: 600,
      AUTH_MODE: 'none',
      CORS_ORIGINS: '*',
      CLIENT_FIELDS: ['metadata', 'attributes', 'agents'],
      TRUST_PROXY: false,
      RATE_LIMIT_PER_ADDRESS: 0,
      RATE_LIMIT_PER_CALLER: 0,
      LOG_FORMAT: 'pretty',
    });
    expect(environment.LIVEKIT_KEYS.pairs).toEqual([{ key: 'devkey', secret: 'secret' }]);
  });

  it('takes an empty value for none, as compose files pass nothing on', () => {
    expect(readEnvironment({ TOKEN_TTL: '', LIVEKIT_URL: ' ' })).toMatchObject({
      TOKEN_TTL: 600,
      LIVEKIT_URL: 'ws://localhost:7880',
    });
  });

  it('has other defaults in production', () => {
    expect(readEnvironment(PRODUCTION)).toMatchObject({
      LIVEKIT_URL: undefined,
      LIVEKIT_INTERNAL_URL: undefined,
      RATE_LIMIT_PER_ADDRESS: 600,
      RATE_LIMIT_PER_CALLER: 60,
      DOCS_ENABLED: false,
      PLAYGROUND_ENABLED: false,
      LOG_FORMAT: 'json',
    });
  });

  it.each([
    ['TOKEN_TTL', { TOKEN_TTL: '90m' }, 5400],
    ['TOKEN_TTL', { TOKEN_TTL: '24h' }, 86_400],
    ['LIVEKIT_URL', { LIVEKIT_URL: 'wss://livekit.example.com/' }, 'wss://livekit.example.com'],
    ['LIVEKIT_INTERNAL_URL', { LIVEKIT_INTERNAL_URL: 'http://livekit:7880' }, 'http://livekit:7880'],
    [
      'CORS_ORIGINS',
      { CORS_ORIGINS: 'https://A.example, capacitor://localhost,null' },
      ['https://a.example', 'capacitor://localhost', 'null'],
    ],
    ['TRUST_PROXY', { TRUST_PROXY: '2' }, 2],
    ['TRUST_PROXY', { TRUST_PROXY: 'loopback,10.0.0.0/8,fd00::/8' }, ['loopback', '10.0.0.0/8', 'fd00::/8']],
    ['CLIENT_FIELDS', { CLIENT_FIELDS: 'none' }, []],
    ['CLIENT_FIELDS', { AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'a' }, ['agents']],
    [
      'OIDC_ISSUER',
      { AUTH_MODE: 'oidc', OIDC_ISSUER: 'http://127.0.0.1:9/', OIDC_AUDIENCE: 'a' },
      'http://127.0.0.1:9/',
    ],
  ] as const)('reads %s from %j', (name, source, value) => {
    expect(readEnvironment(source)[name]).toEqual(value);
  });

  it.each<[string, string]>([
    ['SERVER_PORT', '65536'],
    ['SERVER_PORT', '6080x'],
    ['SERVER_PORT', '-1'],
    ['LIVEKIT_URL', 'localhost:7880'],
    ['LIVEKIT_URL', 'wss://livekit.example.com/sub'],
    ['LIVEKIT_URL', 'wss://user:hunter2@livekit.example.com'],
    ['LIVEKIT_INTERNAL_URL', 'ftp://livekit'],
    ['TOKEN_RESPONSE_FORMAT', 'json'],
    ['TOKEN_TTL', '600'],
    ['TOKEN_TTL', '1m'],
    ['TOKEN_TTL', '25h'],
    ['TOKEN_TTL', '-10m'],
    ['TOKEN_TTL', '1h30m'],
    ['CLIENT_FIELDS', 'metadata,egress'],
    ['CLIENT_FIELDS', 'metadata,,agents'],
    ['AUTH_MODE', 'off'],
    ['OIDC_ISSUER', 'http://id.example.com'],
    ['OIDC_JWKS_URI', 'not a url'],
    ['JOIN_RULES_FILE', '/does/not/exist.yaml'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', '*,https://app.example.com'],
    ['CORS_ORIGINS', 'app.example.org'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '0'],
    ['RATE_LIMIT_PER_ADDRESS', '1.5'],
    ['RATE_LIMIT_PER_CALLER', 'many'],
    ['REDIS_URL', 'http://redis'],
    ['DOCS_ENABLED', 'yes'],
    ['PLAYGROUND_ENABLED', '1'],
    ['LOG_FORMAT', 'text'],
    ['SHUTDOWN_DELAY', '10'],
    ['WEBHOOK_TOLERANCE', '6m'],
    ['METRICS_TOKEN', 'p@ssword'],
    ['LIVEKIT_KEYS_FILE', '/does/not/exist.yaml'],
    ['LIVEKIT_API_SECRET_FILE', '/does/not/exist'],
  ])('refuses %s=%s by name, without showing the value', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(EnvironmentError);
    expect(invalidVariables({ [name]: value })).toContain(name.replace('_SECRET_FILE', '_SECRET'));
    let message = '';
    try {
      readEnvironment({ [name]: value });
    } catch (error) {
      message = (error as Error).message;
    }
    if (value.length > 3) expect(message).not.toContain(value);
    expect(message).not.toContain('hunter2');
  });

  it.each<[string, EnvironmentSource, string]>([
    ['a key without its secret', { LIVEKIT_API_KEY: 'k' }, 'LIVEKIT_API_SECRET'],
    ['a secret without its key', { LIVEKIT_API_SECRET: 's' }, 'LIVEKIT_API_KEY'],
    ['oidc without an issuer', { AUTH_MODE: 'oidc', OIDC_AUDIENCE: 'a' }, 'OIDC_ISSUER'],
    ['oidc without an audience', { AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://id.example' }, 'OIDC_AUDIENCE'],
    ['an issuer without AUTH_MODE=oidc', { OIDC_ISSUER: 'https://id.example' }, 'AUTH_MODE'],
    ['production without keys', { NODE_ENV: 'production', AUTH_MODE: 'none' }, 'LIVEKIT_API_KEY'],
    ['production with devkey', { ...PRODUCTION, LIVEKIT_API_KEY: 'devkey' }, 'LIVEKIT_API_KEY'],
    ['production with the known secret', { ...PRODUCTION, LIVEKIT_API_SECRET: 'secret' }, 'LIVEKIT_API_SECRET'],
    [
      'production with a placeholder',
      { ...PRODUCTION, LIVEKIT_API_SECRET: '<your-livekit-api-secret-goes-right-here>' },
      'LIVEKIT_API_SECRET',
    ],
    ['production with a short secret', { ...PRODUCTION, LIVEKIT_API_SECRET: 'x1'.repeat(15) }, 'LIVEKIT_API_SECRET'],
    ['production without a stated AUTH_MODE', { ...PRODUCTION, AUTH_MODE: undefined }, 'AUTH_MODE'],
  ])('refuses %s', (_what, source, variable) => {
    expect(invalidVariables(source)).toEqual([variable]);
  });

  it.each(['prod', 'Production', 'production ', ' production', 'staging', ' '])('refuses NODE_ENV=%j', (NODE_ENV) => {
    expect(invalidVariables({ NODE_ENV })).toEqual(['NODE_ENV']);
    expect(() => readEnvironment({ NODE_ENV })).toThrow(EnvironmentError);
  });

  it.each([undefined, '', 'development', 'test'])('accepts NODE_ENV=%j without the rules of production', (NODE_ENV) => {
    expect(readEnvironment({ NODE_ENV })).toMatchObject({ LOG_FORMAT: 'pretty', METRICS_OPEN: true });
  });

  it.each([
    'x'.repeat(40),
    '0'.repeat(32),
    'secret'.repeat(6),
    'Secret'.repeat(3) + 'secret'.repeat(4),
    'secret-secret-secret-secret-secret',
    'secretsecretsecretsecretsecretse',
    'change-me-please-or-somebody-else-will',
    'replace_me_with_a_secret_of_your_own',
    'put-a-secret-of-thirty-two-characters-here',
  ])('refuses the secret %j in production', (LIVEKIT_API_SECRET) => {
    expect(invalidVariables({ ...PRODUCTION, LIVEKIT_API_SECRET })).toEqual(['LIVEKIT_API_SECRET']);
    expect(invalidVariables({ LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET })).toEqual([]);
  });

  it.each(['3f9a3f9a3f9a3f9a3f9a3f9a3f9a3f9b', SECRET + SECRET, 'JxQfYbM2Nf4sR0aLwqzTn5e6UgHk7VdCp8oDiXu9'])(
    'accepts the secret %j in production',
    (LIVEKIT_API_SECRET) => {
      expect(invalidVariables({ ...PRODUCTION, LIVEKIT_API_SECRET })).toEqual([]);
    },
  );

  it.each(['t0ken', 'metrics-token', '0123456789abcde', 'x'.repeat(16), 'metrics'.repeat(3), 'your-metrics-token'])(
    'refuses METRICS_TOKEN=%s in production',
    (METRICS_TOKEN) => {
      expect(invalidVariables({ ...PRODUCTION, METRICS_TOKEN })).toEqual(['METRICS_TOKEN']);
      expect(invalidVariables({ METRICS_TOKEN })).toEqual([]);
    },
  );

  it.each<[EnvironmentSource, string[]]>([
    [{ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' }, ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']],
    [{ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: undefined }, ['LIVEKIT_API_SECRET', 'LIVEKIT_API_KEY']],
    [{ LIVEKIT_API_KEY: undefined, LIVEKIT_API_SECRET: 'short' }, ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']],
  ])('reports both halves of a key pair at once in production: %j', (source, expected) => {
    expect(invalidVariables({ ...PRODUCTION, ...source })).toEqual(expected);
  });

  it.each([
    [{}, false],
    [{ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' }, false],
    [{ LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET: 'secret' }, true],
    [{ LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET: 'secret', AUTH_MODE: ' ' }, true],
    [{ LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET: 'secret', AUTH_MODE: 'none' }, false],
    [PRODUCTION, false],
  ])('notices that AUTH_MODE was forgotten beside a key of an own: %j', (source, forgotten) => {
    expect(readEnvironment(source).AUTH_MODE_FORGOTTEN).toBe(forgotten);
  });

  it.each([
    [{}, true],
    [{ METRICS_TOKEN: 't0ken' }, false],
    [PRODUCTION, false],
    [{ ...PRODUCTION, METRICS_TOKEN: 'scraper-0123456789' }, false],
  ])('opens the metrics to everybody only without a token and outside of production: %j', (source, open) => {
    expect(readEnvironment(source).METRICS_OPEN).toBe(open);
  });

  it('reports every invalid variable at once', () => {
    const source = { NODE_ENV: 'production', SERVER_PORT: 'x', TOKEN_TTL: '1', CORS_ORIGINS: ',' };
    expect(invalidVariables(source)).toEqual([
      'SERVER_PORT',
      'TOKEN_TTL',
      'AUTH_MODE',
      'CORS_ORIGINS',
      'LIVEKIT_API_KEY',
    ]);
  });

  it('enforces access where something decides about it and LiveKit has an address, or as stated', () => {
    const enforced = (source: EnvironmentSource): boolean => readEnvironment(source).ACCESS_ENFORCEMENT;
    const rules = { JOIN_RULES_FILE: file('rules', '[]') };
    expect(enforced({})).toBe(false);
    expect(enforced(rules)).toBe(true);
    expect(enforced({ ...rules, ACCESS_ENFORCEMENT: 'off' })).toBe(false);
    expect(enforced({ ACCESS_ENFORCEMENT: 'on' })).toBe(true);
    expect(enforced({ ...PRODUCTION, ...rules })).toBe(false);
    expect(invalidVariables({ ...PRODUCTION, ACCESS_ENFORCEMENT: 'on' })).toEqual(['ACCESS_ENFORCEMENT']);
    const production = { ...PRODUCTION, ...rules, LIVEKIT_URL: 'wss://livekit.example.com' };
    expect(readEnvironment(production).ACCESS_FORGETS).toBe(true);
    expect(readEnvironment({ ...production, REDIS_URL: 'redis://localhost' }).ACCESS_FORGETS).toBe(false);
    expect(readEnvironment({ ACCESS_RECONCILE: '0' }).ACCESS_RECONCILE).toBe(0);
  });

  it('exports traces where a collector is set, over HTTP alone', () => {
    const tracing = (source: EnvironmentSource): unknown => readEnvironment(source).TRACING;
    const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(tracing({})).toBe(undefined);
    expect(tracing(collector)).toBe('http/protobuf');
    expect(tracing({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' })).toBe('http/protobuf');
    expect(tracing({ ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })).toBe('http/json');
    expect(tracing({ ...collector, ...grpc, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' })).toBe('http/json');
    expect(tracing({ ...collector, ...grpc, OTEL_SDK_DISABLED: 'True' })).toBe(undefined);
    expect(tracing({ ...collector, ...grpc, OTEL_TRACES_EXPORTER: 'none' })).toBe(undefined);
    expect(tracing(grpc)).toBe(undefined);
    expect(invalidVariables({ ...collector, ...grpc })).toEqual(['OTEL_EXPORTER_OTLP_PROTOCOL']);
    expect(invalidVariables({ ...collector, OTEL_TRACES_EXPORTER: 'zipkin' })).toEqual(['OTEL_TRACES_EXPORTER']);
    expect(invalidVariables({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ]);
  });

  describe('secrets from files', () => {
    it('reads them without the line break at their end', () => {
      const { LIVEKIT_KEYS } = readEnvironment({
        LIVEKIT_API_KEY: 'APIabc',
        LIVEKIT_API_SECRET_FILE: file('secret', `${SECRET}\n`),
      });
      expect(LIVEKIT_KEYS.pairs[0]).toEqual({ key: 'APIabc', secret: SECRET });
    });

    it('refuses both ways at once, and an empty file', () => {
      const LIVEKIT_API_SECRET_FILE = file('secret', SECRET);
      expect(invalidVariables({ LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's', LIVEKIT_API_SECRET_FILE })).toEqual([
        'LIVEKIT_API_SECRET',
      ]);
      expect(invalidVariables({ METRICS_TOKEN_FILE: file('empty', '\n') })).toEqual(['METRICS_TOKEN']);
    });
  });
});
