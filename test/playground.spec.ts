/** The page at / and what it consists of: served where it is enabled, under a policy of its own, and nowhere else. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { type ServiceProcess, spawnService, untilListening } from './support/built-service.js';
import { temporaryFile } from './support/temporary-file.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  LIVEKIT_API_KEY: 'APIa1b2c3d4',
  LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-characters',
  AUTH_MODE: 'none',
};

@Controller()
class OwnPage {
  @Get()
  page(): string {
    return 'mine';
  }
}

@Module({ controllers: [OwnPage] })
class OwnPageModule {}

describe('the page at /', () => {
  let service: RunningApp;
  let page: string;
  beforeAll(async () => {
    service = await startApp();
    page = await (await get('/')).text();
  });
  afterAll(() => service.close());
  const get = (path: string, headers = {}): Promise<Response> => fetch(service.url + path, { headers });

  it('may run our scripts, call us and LiveKit, use camera and microphone, and nothing else', async () => {
    const { headers, status } = await get('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('permissions-policy')).toBe('camera=(self), microphone=(self)');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self' ws://localhost:7880 http://localhost:7880",
      'media-src blob: mediastream:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('has no script and no style within it, and nothing of other hosts', () => {
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?:\/\//i);
  });

  it('is told what it has to know, and no secret', async () => {
    const { headers, status } = await get('/playground/settings.json');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await (await get('/playground/settings.json')).json()).toEqual({
      authentication: 'none',
      liveKitUrl: 'ws://localhost:7880',
      liveKitClient: expect.stringMatching(/^livekit-client-\d+\.\d+\.\d+\.mjs$/),
      rules: false,
      journeys: true,
      docs: true,
    });
  });

  it("gets LiveKit's client from its package, to keep for good", async () => {
    const { liveKitClient } = (await (await get('/playground/settings.json')).json()) as { liveKitClient: string };
    const response = await get(`/playground/${liveKitClient}`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const packaged = join(dirname(createRequire(import.meta.url).resolve('livekit-client')), 'livekit-client.esm.mjs');
    expect(await response.text()).toBe(readFileSync(packaged, 'utf8'));
  });

  it('gets our own files again only when they have changed', async () => {
    const first = await get('/playground/theme.css');
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    // Not by fetch, which tells caches to look away from what it is given.
    const since = first.headers.get('last-modified') ?? '';
    const [again] = (await once(
      request(`${service.url}/playground/theme.css`, { headers: { 'if-modified-since': since } }).end(),
      'response',
    )) as [IncomingMessage];
    again.resume();
    expect(again.statusCode).toBe(304);
  });

  it.each([
    '/playground',
    '/playground/none.css',
    '/playground/index.html',
    '/playground/main.js.map',
    '/playground/main.ts',
    '/playground/..%2fplayground.files.js',
    '/playground/livekit-client-1.0.0.mjs',
    '/playground/__proto__',
  ])('serves no other file: %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND', detail: 'There is nothing at this address.' });
  });
});

describe('PLAYGROUND_ENABLED', () => {
  it.each([
    ['by default in production', PRODUCTION, 404],
    ['switched on in production', { ...PRODUCTION, PLAYGROUND_ENABLED: 'true' }, 200],
    ['switched off', { PLAYGROUND_ENABLED: 'false' }, 404],
  ])('%s', async (_when, settings, status) => {
    const service = await startApp(settings);
    const answers = await Promise.all(
      ['/', '/playground/settings.json', '/playground/theme.css'].map((path) => fetch(service.url + path)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    const unknown = await fetch(`${service.url}/nowhere`);
    for (const answer of status === 404 ? answers : []) {
      expect(headersOf(answer)).toEqual(headersOf(unknown));
      expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND', detail: 'There is nothing at this address.' });
    }
    await service.close();
  });

  it('changes the headers of no other route', async () => {
    const [on, off] = [await startApp(), await startApp({ PLAYGROUND_ENABLED: 'false' })];
    for (const path of ['/health/live', '/docs', '/metrics', '/nowhere']) {
      const [one, other] = [await fetch(on.url + path), await fetch(off.url + path)];
      expect(headersOf(one)).toEqual(headersOf(other));
    }
    await on.close();
    await off.close();
  });

  it.each(['true', 'false'])('leaves / to a team that has a page of its own: %s', async (enabled) => {
    const service = await startApp({ PLAYGROUND_ENABLED: enabled }, { modules: [OwnPageModule] });
    expect(await (await fetch(service.url)).text()).toBe('mine');
    await service.close();
  });
});

describe('LIVEKIT_URL', () => {
  it.each([
    ['https://lk.example.com', "connect-src 'self' wss://lk.example.com https://lk.example.com"],
    [
      'wss://p-1.livekit.cloud',
      "connect-src 'self' wss://p-1.livekit.cloud https://p-1.livekit.cloud wss://*.livekit.cloud https://*.livekit.cloud",
    ],
    ['', "connect-src 'self'"],
  ])('is the one other address that the page may call: %s', async (url, directive) => {
    const service = await startApp({ ...PRODUCTION, PLAYGROUND_ENABLED: 'true', LIVEKIT_URL: url });
    const { headers } = await fetch(service.url);
    expect(headers.get('content-security-policy')?.split(';')).toContain(directive);
    const settings = await (await fetch(`${service.url}/playground/settings.json`)).text();
    expect(JSON.parse(settings)).toMatchObject({ liveKitUrl: url === '' ? null : url.replace(/^http/, 'ws') });
    expect(settings).not.toContain(PRODUCTION.LIVEKIT_API_SECRET);
    await service.close();
  });
});

describe('the build', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await spawnService();
    await untilListening(service);
  });
  afterAll(async () => {
    service.child.kill();
    await service.exited;
  });

  it('holds all that the page loads, each as what it is', async () => {
    const types = new Map<string, string | null>();
    const load = async (address: string): Promise<void> => {
      if (types.has(address)) return;
      const response = await fetch(address);
      expect([address, response.status]).toEqual([address, 200]);
      types.set(address, response.headers.get('content-type'));
      const text = await response.text();
      const named = [...text.matchAll(/(?:\bsrc|\bhref)="(playground\/[^"]+)"|\bfrom '(\.\/[^']+)'/g)];
      for (const [, inPage, inScript] of named) await load(new URL(inPage ?? inScript ?? '', address).href);
    };
    await load(`${service.url}/`);
    const endings = [...types.keys()].map((address) => /\.\w+$/.exec(new URL(address).pathname)?.[0]);
    expect(new Set(endings)).toEqual(new Set([undefined, '.css', '.js', '.svg']));
    for (const [address, type] of types) if (address.endsWith('.js')) expect(type).toMatch(/^text\/javascript/);
    expect([...types.keys()]).toContain(`${service.url}/playground/call.js`);
  });
});

describe('the rule behind a token', () => {
  const RULES = '[{ rooms: [a] }, { name: staff, rooms: [b] }]';
  const asked = async (service: RunningApp, roomName: string): Promise<Response> => {
    const response = await service.post('/token', { roomName, participantName: 'p' });
    return fetch(`${service.url}/playground/rules/${response.headers.get('x-request-id') ?? ''}`);
  };

  it('is shown by the id of the request, outside of tokens and responses', async () => {
    const service = await startApp({ JOIN_RULES_FILE: temporaryFile(RULES).path });
    expect(await (await fetch(`${service.url}/playground/settings.json`)).json()).toMatchObject({ rules: true });
    const first = await asked(service, 'a');
    expect([first.headers.get('cache-control'), await first.json()]).toEqual(['no-store', { rule: 1 }]);
    expect(await (await asked(service, 'b')).json()).toEqual({ rule: 2, name: 'staff' });
    expect((await asked(service, 'refused')).status).toBe(404);
    expect((await fetch(`${service.url}/playground/rules/unknown`)).status).toBe(404);
    await service.close();
  });

  it.each([
    ['in production, with the page enabled', { ...PRODUCTION, PLAYGROUND_ENABLED: 'true' }],
    ['without the page', { PLAYGROUND_ENABLED: 'false' }],
  ])('is not shown %s', async (_where, settings) => {
    const service = await startApp({ ...settings, JOIN_RULES_FILE: temporaryFile(RULES).path });
    expect((await asked(service, 'b')).status).toBe(404);
    await service.close();
  });
});

describe('what the service knows of a failed join', () => {
  const asked = async (service: RunningApp): Promise<Response> => {
    const response = await service.post('/token', { roomName: 'a', participantName: 'p' });
    return fetch(`${service.url}/playground/journeys/${response.headers.get('x-request-id') ?? ''}`);
  };

  it('is shown by the id of the token request', async () => {
    // Nothing listens there.
    const service = await startApp({ LIVEKIT_URL: 'ws://127.0.0.1:9' });
    const response = await asked(service);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      room: 'a',
      identity: 'p',
      conclusion: { cause: 'livekit_unreachable', possible: [] },
    });
    expect((await fetch(`${service.url}/playground/journeys/unknown`)).status).toBe(404);
    await service.close();
  });

  it('is not shown in production, with the page enabled', async () => {
    const service = await startApp({ ...PRODUCTION, PLAYGROUND_ENABLED: 'true' });
    expect(await (await fetch(`${service.url}/playground/settings.json`)).json()).toMatchObject({ journeys: false });
    expect((await asked(service)).status).toBe(404);
    await service.close();
  });
});

/** Without those that differ from one answer to the next. */
const headersOf = ({ headers }: Response): object =>
  Object.fromEntries(
    [...headers].filter(([name]) => !['x-request-id', 'date', 'content-length', 'last-modified'].includes(name)),
  );
