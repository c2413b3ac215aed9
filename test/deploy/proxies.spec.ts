/** deploy/: the proxies before LiveKit accept their configuration, and all of them ask the gate about every request. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { GATE_PATH } from '../../src/access/access.routes.js';
import { CONNECTION_LIMITS } from '../../src/server/connection-limits.js';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const NGINX_FILE = join(DEPLOY, 'nginx/livekit.conf');
const CADDY_FILE = join(DEPLOY, 'caddy/Caddyfile');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxies-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Debian's nginx, on a configuration in which nothing but the file is ours. */
function checkNginx(text: string): void {
  const here = text.replaceAll('/var/log/nginx', folder);
  writeFileSync(join(folder, 'livekit.conf'), here);
  const main = `pid ${folder}/nginx.pid; error_log stderr; events {} http { include ${folder}/livekit.conf; }`;
  writeFileSync(join(folder, 'nginx.conf'), main);
  execFileSync('nginx', ['-t', '-q', '-c', join(folder, 'nginx.conf')], { stdio: 'pipe' });
}

function checkCaddy(text: string): void {
  writeFileSync(join(folder, 'Caddyfile'), text);
  execFileSync('caddy', ['validate', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], {
    stdio: 'pipe',
  });
}

const documents = (path: string): unknown[] =>
  parseAllDocuments(readFileSync(join(DEPLOY, path), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });

describe('nginx', () => {
  const text = readFileSync(NGINX_FILE, 'utf8');

  it('accepts the file, closed by default and open by one line', () => {
    checkNginx(text);
    const line = '# error_page 502 504 = @gate_away;';
    expect(text).toContain(line);
    checkNginx(text.replace(line, line.slice(2)));
    expect(() => checkNginx(text.replace('auth_request ', 'ask '))).toThrow();
  });

  it('asks the gate about everything', () => {
    expect([...text.matchAll(/location (?!=|@)(\S+)/g)].map(([, path]) => path)).toEqual(['/']);
    expect(text).toContain(`proxy_pass http://livekit_gate/${GATE_PATH};`);
  });
});

describe('Caddy', () => {
  const text = readFileSync(CADDY_FILE, 'utf8');

  it('accepts the file, closed by default and open by one line', () => {
    checkCaddy(text);
    const line = '# import open_without_gate';
    expect(text).toContain(line);
    checkCaddy(text.replace(line, line.slice(2)));
    expect(() => checkCaddy(text.replace('forward_auth', 'ask'))).toThrow();
  });

  it('asks the gate', () => {
    expect(text).toContain(`uri /${GATE_PATH}\n`);
  });
});

it('Traefik asks the gate, and believes no header of a client', () => {
  const [file] = documents('traefik/livekit.yaml') as [
    {
      http: {
        routers: Record<string, { middlewares: string[] }>;
        middlewares: Record<string, { forwardAuth?: Record<string, unknown> }>;
      };
    },
  ];
  const { routers, middlewares } = file.http;
  expect(Object.values(routers).map((router) => router.middlewares)).toEqual([expect.arrayContaining(['gate'])]);
  expect(middlewares['gate']?.forwardAuth).toMatchObject({
    address: `http://token-service:6080/${GATE_PATH}`,
    trustForwardHeader: false,
    authRequestHeaders: ['Authorization', 'X-Gate-Token'],
  });
  documents('traefik/traefik.yaml');
});

it('Envoy asks the gate, and is closed without it', () => {
  const [{ static_resources: resources }] = documents('envoy/envoy.yaml') as [
    {
      static_resources: {
        listeners: { filter_chains: { filters: { typed_config: { http_filters: { typed_config: object }[] } }[] }[] }[];
      };
    },
  ];
  const filters = resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config.http_filters ?? [];
  expect(filters.map(({ typed_config: filter }) => filter)[0]).toMatchObject({
    failure_mode_allow: false,
    http_service: { path_prefix: `/${GATE_PATH}` },
  });
});

it('ingress-nginx asks the gate with the headers of the ConfigMap', () => {
  const [ingress, headers] = documents('nginx/ingress.yaml') as [
    { metadata: { annotations: Record<string, string> } },
    { metadata: { name: string }; data: Record<string, string> },
  ];
  const { annotations } = ingress.metadata;
  const prefix = 'nginx.ingress.kubernetes.io/';
  expect(new URL(annotations[`${prefix}auth-url`] ?? '').pathname).toBe(`/${GATE_PATH}`);
  expect(annotations[`${prefix}auth-proxy-set-headers`]).toBe(`default/${headers.metadata.name}`);
  expect(headers.data).toMatchObject({ 'X-Original-URI': '$request_uri', 'X-Original-Method': '$request_method' });
});

it.each([
  ['Caddy', 'caddy/Caddyfile', /\skeepalive (\d+)s/],
  ['Envoy', 'envoy/envoy.yaml', /\sidle_timeout: (\d+)s/],
])('%s closes idle connections to the gate before the service does', (_name, path, setting) => {
  const [, seconds] = setting.exec(readFileSync(join(DEPLOY, path), 'utf8')) ?? [];
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(Number(seconds) * 1000).toBeLessThan(CONNECTION_LIMITS.keepAliveTimeout);
});
