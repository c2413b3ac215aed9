/** POST /token keeps the contract of the server that it replaces, for good requests and for bad ones. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { verifyToken } from '../src/testing/livekit-token.js';

const REQUIRED = 'roomName and participantName are required';
const ALICE = { roomName: 'Test Room', participantName: 'Alice' };
const bytes = (count: number): string => 'é'.repeat(count / 2);

describe('POST /token', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  const issue = async (body: unknown, path = '/token'): Promise<string> => {
    const response = await service.post(path, body);
    expect(response.status).toBe(200);
    return (await response.json()) as string;
  };

  it('answers 200 and a JSON string that is the token of the reference', async () => {
    const before = Date.now() / 1000;
    const response = await service.post('/token', ALICE);
    const after = Date.now() / 1000;

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { exp = 0, nbf = 0, ...claims } = await verifyToken((await response.json()) as string);
    expect(claims).toEqual({ iss: 'devkey', sub: 'Alice', video: { roomJoin: true, room: 'Test Room' } });
    expect(exp - nbf).toBe(600);
    expect(nbf).toBeGreaterThan(before - 5);
    expect(nbf).toBeLessThan(after + 5);
  });

  it.each([
    ['inner spaces', '  two  spaces\tand a tab ', ' Alice  B. '],
    ['Unicode, not normalised', 'Straße 🏠 e\u0301 é', '李雷 👩‍👩‍👧'],
    ['what JSON and URLs escape', 'a/b?c=d&e#f%20\\"\u2028', "O'Brien <b>"],
    ['256 bytes', bytes(256), bytes(256)],
    ['names of Object.prototype', '__proto__', 'constructor'],
  ])('signs names byte for byte: %s', async (_what, roomName, participantName) => {
    const claims = await verifyToken(await issue({ roomName, participantName }));
    expect(claims.sub).toBe(participantName);
    expect(claims.video).toEqual({ roomJoin: true, room: roomName });
  });

  it('ignores fields that it does not know, a wish for permissions among them', async () => {
    const claims = await verifyToken(
      await issue({ ...ALICE, permissions: { roomAdmin: true }, roomAdmin: true, ttl: 9 }),
    );
    expect(claims.video).toEqual({ roomJoin: true, room: 'Test Room' });
  });

  it.each(['//token', '/token/', '/TOKEN', '//token//', '/token?a=//b'])('answers at %s too', async (path) => {
    expect((await verifyToken(await issue(ALICE, path))).sub).toBe('Alice');
  });

  it.each([
    ['nothing', {}],
    ['no participantName', { roomName: 'r' }],
    ['no roomName', { participantName: 'p' }],
    ['an empty roomName', { ...ALICE, roomName: '' }],
    ['an empty participantName', { ...ALICE, participantName: '' }],
    ['null', { ...ALICE, roomName: null }],
    ['a number', { ...ALICE, participantName: 42 }],
    ['true', { ...ALICE, roomName: true }],
    ['an object', { ...ALICE, roomName: { toString: 'x' } }],
    ['a list', { ...ALICE, participantName: ['Alice'] }],
    ['a missing name beside a blank one', { roomName: ' ' }],
    ['a list as body', []],
    ['a list of requests as body', [ALICE]],
    ['own fields of the prototype only', '{"__proto__":{"roomName":"r","participantName":"p"}}'],
  ])('asks for both names when given %s', async (_what, body) => {
    const response = await service.post('/token', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toBe(REQUIRED);
  });

  it('asks for both names when there is no body at all', async () => {
    for (const headers of [undefined, { 'content-type': 'application/json' }]) {
      const response = await fetch(`${service.url}/token`, { method: 'POST', ...(headers && { headers }) });
      expect(response.status).toBe(400);
      expect(await response.json()).toBe(REQUIRED);
    }
  });

  it.each([
    ['blank room', { ...ALICE, roomName: ' \t\u3000' }, 'NAME_BLANK', 'roomName'],
    ['blank participant', { ...ALICE, participantName: '\n' }, 'NAME_BLANK', 'participantName'],
    ['257 bytes of room', { ...ALICE, roomName: `a${bytes(256)}` }, 'NAME_TOO_LONG', 'roomName'],
    ['257 bytes of participant', { ...ALICE, participantName: `a${bytes(256)}` }, 'NAME_TOO_LONG', 'participantName'],
    ['half a surrogate pair', '{"roomName":"\\ud83d","participantName":"p"}', 'NAME_NOT_UNICODE', 'roomName'],
    ['two faults: the first', { roomName: ' ', participantName: bytes(1000) }, 'NAME_BLANK', 'roomName'],
  ])('refuses with a message of its own: %s', async (_what, body, code, field) => {
    const response = await service.post('/token', body, { 'x-request-id': `fault-${code}-${field}` });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatch(new RegExp(`^${field} must `));
    const decision = service.output.lines().find((line) => line['requestId'] === `fault-${code}-${field}`);
    expect(decision).toMatchObject({ context: 'Token', message: 'refused', code, status: 400 });
  });
});

describe.each([
  [
    'string',
    'application/json; charset=utf-8',
    (text: string) => JSON.parse(text) as unknown,
    (message: string) => message,
  ],
  [
    'object',
    'application/json; charset=utf-8',
    (text: string) => JSON.parse(text) as unknown,
    (errorMessage: string) => ({ errorMessage }),
  ],
  ['text', 'text/plain; charset=utf-8', (text: string) => text, (message: string) => message],
] as const)('TOKEN_RESPONSE_FORMAT=%s', (format, contentType, parse, failure) => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp({ TOKEN_RESPONSE_FORMAT: format });
  });
  afterAll(() => service.close());

  it('holds the token and nothing else', async () => {
    const response = await service.post('/token', ALICE);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentType);
    const body = parse(await response.text());
    const token = format === 'object' ? (body as { token: string }).token : (body as string);
    if (format === 'object') expect(Object.keys(body as object)).toEqual(['token']);
    expect((await verifyToken(token)).sub).toBe('Alice');
  });

  const post = (path: string, body: string, type?: string, headers = {}): (() => Promise<Response>) => {
    return () =>
      fetch(service.url + path, {
        method: 'POST',
        body,
        headers: { ...(type && { 'content-type': type }), ...headers },
      });
  };
  const json = 'application/json';

  it.each([
    ['missing names', 400, post('/token', '{}', json)],
    ['malformed JSON', 400, post('/token', '{"roomName":"secret-', json)],
    ['a JSON primitive', 400, post('/token', '"Alice"', json)],
    ['GET', 404, () => fetch(`${service.url}/token`)],
    ['a path below', 404, post('/token/more', '{}', json)],
    ['a body above the limit', 413, post('/token', JSON.stringify({ ...ALICE, filler: 'x'.repeat(150_000) }), json)],
    ['plain text', 415, post('/token', JSON.stringify(ALICE), 'text/plain')],
    ['a form', 415, post('/token', 'roomName=r&participantName=p', 'application/x-www-form-urlencoded')],
    ['an unknown charset', 415, post('/token', JSON.stringify(ALICE), 'application/json; charset=latin1')],
    ['an unknown encoding', 415, post('/token', JSON.stringify(ALICE), json, { 'content-encoding': 'zip' })],
  ])('renders failures in the same form: %s', async (what, status, send) => {
    const response = await send();
    const text = await response.text();
    expect({ what, status: response.status }).toEqual({ what, status });
    expect(response.headers.get('content-type')).toBe(contentType);
    const body = parse(text);
    const message = format === 'object' ? (body as { errorMessage: string }).errorMessage : (body as string);
    expect(typeof message).toBe('string');
    expect(message).not.toBe('');
    expect(body).toEqual(failure(message));
    expect(text).not.toContain('secret-');
  });
});
