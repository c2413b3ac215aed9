/** What every request meets before and after its handler: ids, headers, CORS, limits, and one form for failures. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { Controller, ForbiddenException, Get, Logger, Module, NotFoundException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

const ALICE = { roomName: 'r', participantName: 'Alice' };

@Controller('team')
class TeamController {
  private readonly logger = new Logger('Team');

  @Get('speaks')
  async speaks(): Promise<string> {
    await Promise.resolve();
    this.logger.warn('from within a request');
    return 'said';
  }

  @Get('refuses')
  refuses(): never {
    throw new ForbiddenException('Not on a Sunday.', { errorCode: 'SUNDAY' });
  }

  @Get('misses')
  misses(): never {
    throw new NotFoundException('There is no such thing.');
  }

  @Get('breaks')
  breaks(): never {
    throw new Error('the password is hunter2');
  }
}

@Module({ controllers: [TeamController] })
class TeamModule {}

describe('the HTTP edge', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp({}, { modules: [TeamModule] });
  });
  afterAll(() => service.close());
  const get = (path: string, headers = {}): Promise<Response> => fetch(service.url + path, { headers });

  describe('request ids', () => {
    it('keeps a clean one, and shows it in every line of the request', async () => {
      const response = await get('/team/speaks', { 'x-request-id': 'abc-123' });
      expect(response.headers.get('x-request-id')).toBe('abc-123');
      const line = service.output.lines().find(({ message }) => message === 'from within a request');
      expect(line).toMatchObject({ requestId: 'abc-123', context: 'Team', level: 'warn' });
    });

    it.each([
      ['none', undefined],
      ['too long', 'x'.repeat(129)],
      ['unclean', 'a b"c'],
    ])('makes one for: %s', async (_what, id) => {
      const response = await get('/health/live', id === undefined ? {} : { 'x-request-id': id });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('is there before anything can fail', async () => {
      const response = await service.post('/livekit/none', '{', { 'x-request-id': 'early' });
      expect(response.headers.get('x-request-id')).toBe('early');
      expect(await response.json()).toMatchObject({ requestId: 'early', code: 'MALFORMED_JSON' });
    });
  });

  describe('failures', () => {
    it.each([
      ['/nowhere', 404, 'NOT_FOUND', 'There is nothing at this address.'],
      ['/team/refuses', 403, 'SUNDAY', 'Not on a Sunday.'],
      ['/team/misses', 404, 'NOT_FOUND', 'There is no such thing.'],
      ['/team/breaks', 500, 'INTERNAL_ERROR', 'The server could not answer this request.'],
    ])('are problem+json: %s', async (path, status, code, detail) => {
      const response = await get(path);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const { title, ...problem } = (await response.json()) as Record<string, unknown>;
      const requestId = response.headers.get('x-request-id');
      expect(problem).toEqual({ type: 'about:blank', status, code, detail, requestId });
      expect(typeof title).toBe('string');
    });

    it('nobody foresaw are logged with their cause, for the operator alone', async () => {
      await get('/team/breaks', { 'x-request-id': 'broken' });
      const line = service.output.lines().find(({ requestId }) => requestId === 'broken');
      expect(line).toMatchObject({ level: 'error', error: { message: 'the password is hunter2' } });
    });
  });

  it('sends security headers, and does not say what it is made of', async () => {
    const { headers } = await get('/health/live');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('lets any origin call, with whatever headers, as the reference does', async () => {
    const preflight = await fetch(`${service.url}/token`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://any.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-sandbox-id',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-sandbox-id');
    expect((await service.post('/token', ALICE, { origin: 'null' })).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
  });

  it('has no use for X-Forwarded-For unless told whom to trust', async () => {
    await service.post('/token', ALICE, { 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'forwarded' });
    expect(service.output.lines().find(({ requestId }) => requestId === 'forwarded')).toMatchObject({
      address: '127.0.0.1',
    });
  });

  it('cuts off a client that sends its head too slowly', async () => {
    const impatient = await startApp({}, {}, { headersTimeout: 500, connectionsCheckingInterval: 50 });
    const socket = connect(Number(new URL(impatient.url).port), '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    socket.write('POST /token HTTP/1.1\r\nHost: x\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await impatient.close();
  });
});

describe('settings of the HTTP edge', () => {
  it('CORS_ORIGINS lets in the origins that it names', async () => {
    const service = await startApp({ CORS_ORIGINS: 'https://app.example.com,null' });
    const allowed = async (origin: string): Promise<string | null> =>
      (await service.post('/token', ALICE, { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
    expect(await allowed('null')).toBe('null');
    expect(await allowed('https://evil.example')).toBeNull();
    expect(await allowed('https://app.example.com.evil.example')).toBeNull();
    await service.close();
  });

  it('TRUST_PROXY lets a proxy name the client', async () => {
    const service = await startApp({ TRUST_PROXY: 'loopback' });
    await service.post('/token', ALICE, { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'x-request-id': 'proxied' });
    expect(service.output.lines().find(({ requestId }) => requestId === 'proxied')).toMatchObject({
      address: '203.0.113.9',
    });
    await service.close();
  });
});
