/** The reference says what the service does: every route, every failure, every form, and openapi.json says the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ERRORS } from '../src/errors/error.catalogue.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';

const COMMITTED = join(import.meta.dirname, '../openapi.json');
const ALICE = { roomName: 'r', participantName: 'Alice' };

/**
 * Codes that no route of the service responds with: for what a team's modules throw, what they ask of LiveKit, and for our routes in another
 * application (existing-app.spec.ts).
 */
const FOR_TEAMS = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'SERVICE_UNAVAILABLE', 'WEBHOOK_BODY_PARSED']);
const isForTeams = (code: string): boolean =>
  FOR_TEAMS.has(code) || (code.startsWith('LIVEKIT_') && code !== 'LIVEKIT_URL_MISSING');

interface Media {
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const documentOf = async (service: RunningApp): Promise<Document> =>
  (await (await fetch(`${service.url}/docs-json`)).json()) as Document;

describe('openapi.json', () => {
  let service: RunningApp;
  let document: Document;
  beforeAll(async () => {
    // The page at / is for people, and no part of the API.
    service = await startApp({ PLAYGROUND_ENABLED: 'false' });
    document = await documentOf(service);
  });
  afterAll(() => service.close());

  it('is up to date (else: npm run openapi)', () => {
    const expected = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env['UPDATE_DOCS']) writeFileSync(COMMITTED, expected);
    expect(readFileSync(COMMITTED, 'utf8')).toBe(expected);
  });

  it('has every route but its own', () => {
    const { router } = service.app.getHttpAdapter().getInstance() as Express;
    const routes = router.stack.flatMap(({ route }) =>
      // Nest registers middleware of a route with a slash at the end of the path.
      (route?.stack ?? []).map(
        ({ method }) => `${method} ${route?.path.replace(/(.)\/$/, '$1').replace(/:(\w+)/g, '{$1}')}`,
      ),
    );
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual([...new Set(routes)].filter(isDescribed).sort());
  });

  it('has every code of ours that a route may answer with', () => {
    const text = readFileSync(COMMITTED, 'utf8');
    const missing = Object.keys(ERRORS).filter((code) => !isForTeams(code) && !text.includes(`"${code}`));
    expect(missing).toEqual([]);
  });
});

/** The document itself is not, and the gate not as Envoy asks it: with any method and path. */
const isDescribed = (route: string): boolean =>
  !route.includes(' /docs') && (!route.includes(' /livekit/gate') || route === 'get /livekit/gate');

describe('an answer', () => {
  let issuer: FakeIssuer;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
  });
  afterAll(() => issuer.stop());

  it.each(['string', 'object', 'text'])('of POST /token is as the reference has it: %s', async (format) => {
    const service = await startApp({ TOKEN_RESPONSE_FORMAT: format });
    const { responses = {} } = (await documentOf(service)).paths['/token']?.['post'] ?? {};
    const typeOf = (response: Response): string => response.headers.get('content-type')?.split(';')[0] ?? '';
    const bodyOf = (response: Response): Promise<unknown> => (format === 'text' ? response.text() : response.json());

    const good = await service.post('/token', ALICE);
    const example = responses['200']?.content?.[typeOf(good)]?.examples?.[format]?.value;
    const body = await bodyOf(good);
    expect(typeof body).toBe(typeof example);
    if (format === 'object') expect(Object.keys(body as object)).toEqual(Object.keys(example as object));

    for (const [code, content] of [
      ['NAMES_REQUIRED', {}],
      ['MALFORMED_JSON', '{'],
    ] as const) {
      const bad = await service.post('/token', content);
      const told = responses[bad.status]?.content?.[typeOf(bad)]?.examples?.[`${code}: ${format}`]?.value;
      expect(await bodyOf(bad)).toEqual(told);
    }
    await service.close();
  });
});

describe('the page', () => {
  it('is served with its files under a policy of its own, and runs no script of the page itself', async () => {
    const service = await startApp();
    for (const path of ['/docs', '/docs/']) {
      const page = await fetch(service.url + path);
      const html = await page.text();
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none';script-src 'self';/);
      expect(policy.match(/unsafe-\w+/g)).toEqual(['unsafe-inline']);
      expect(policy).toContain("style-src 'self' 'unsafe-inline'");
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|javascript:/);
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => new URL(file, page.url).href);
      expect(files).toHaveLength(4);
      for (const file of files) expect((await fetch(file)).status).toBe(200);
    }
    const other = await fetch(`${service.url}/health/live`);
    expect(other.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect((await fetch(`${service.url}/docs/..%2fpackage.json`)).status).toBe(404);
    await service.close();
  });

  it('is not there unless DOCS_ENABLED, and needs no access token', async () => {
    const closed = await startApp({ DOCS_ENABLED: 'false' });
    for (const path of ['/docs', '/docs-json', '/docs/swagger-ui.css']) {
      const response = await fetch(closed.url + path);
      expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    }
    await closed.close();
    const open = await startApp({ AUTH_MODE: 'oidc', OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_AUDIENCE: 'a' });
    expect((await fetch(`${open.url}/docs`)).status).toBe(200);
    await open.close();
  });
});
