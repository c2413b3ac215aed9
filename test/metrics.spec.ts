/** What happened, in numbers that Prometheus reads: all of it counted, and none of it labelled by a client. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, METHODS, request } from 'node:http';

import { Controller, ForbiddenException, Get, Injectable, Module, Param } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';

import { MetricsModule } from '../src/metrics/metrics.module.js';
import { type Counter, type Histogram, MetricsRegistry } from '../src/metrics/metrics.registry.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { FakeLiveKitFront } from './support/livekit-front.js';
import { parseMetrics, type Sample, valueOf } from './support/metrics.js';
import { eventBody, sendWebhook } from '../src/testing/webhook-sender.js';

const ALICE = { roomName: 'r', participantName: 'Alice' };
/** Refuses with as many codes as there are rooms, which no team should. */
@Injectable()
@TokenPolicy()
class CarelessPolicy implements TokenPolicyProvider {
  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room.startsWith('code:')) throw new ForbiddenException('no', { errorCode: room.slice('code:'.length) });
    return terms;
  }
}

@Controller('team')
class TeamController {
  /** Called when the request for the room `slow` has arrived, which is never answered. */
  arrived: () => void = () => undefined;

  @Get('rooms/:name')
  room(@Param('name') name: string): Promise<string> {
    if (name !== 'slow') return Promise.resolve(name);
    this.arrived();
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [TeamController], providers: [CarelessPolicy] })
class TeamModule {}

let service: RunningApp;
afterEach(() => service.close());

const get = (): Promise<Response> => fetch(`${service.url}/metrics`);
const metrics = async (): Promise<Sample[]> => parseMetrics(await (await get()).text());
const requests = (samples: readonly Sample[], method: string, route: string, status: string): number | undefined =>
  valueOf(samples, 'http_request_duration_seconds_count', { method, route, status });

/** As docs/extending.md shows it. */
@Injectable()
class BookingMetrics {
  private readonly opened: Counter<'reason'>;
  private readonly durations: Histogram<never>;
  private waiting = 0;

  constructor(registry: MetricsRegistry) {
    this.opened = registry.counter({ name: 'bookings_opened_total', help: 'Bookings opened', labels: ['reason'] });
    this.durations = registry.histogram(
      { name: 'booking_duration_seconds', help: 'Time to book', labels: [] },
      [0.1, 1, 10],
    );
    registry.gauge({ name: 'bookings_waiting', help: 'Bookings not confirmed', labels: [] }, (gauge) =>
      gauge.set(this.waiting),
    );
  }

  book(seconds: number): void {
    this.waiting += 1;
    this.opened.inc({ reason: 'web' });
    this.durations.observe(seconds);
  }
}

@Module({ imports: [MetricsModule], providers: [BookingMetrics] })
class BookingMetricsModule {}

describe('GET /metrics', () => {
  it('counts tokens by route, and refusals by code', async () => {
    service = await startApp({}, { modules: [TeamModule] });
    await service.post('/token', ALICE);
    await service.post('/token', ALICE);
    await service.post('/token', { ...ALICE, roomName: 'code:ROOM_FULL' });
    await service.post('/token', '{');
    await service.post('/livekit/token', {});
    const samples = await metrics();
    expect(valueOf(samples, 'livekit_token_issued_total', { route: '/token' })).toBe(2);
    expect(valueOf(samples, 'livekit_token_issued_total', { route: '/livekit/token' })).toBe(1);
    expect(valueOf(samples, 'livekit_token_refused_total', { route: '/token', code: 'ROOM_FULL' })).toBe(1);
    expect(valueOf(samples, 'livekit_token_refused_total', { route: '/token', code: 'MALFORMED_JSON' })).toBe(1);
  });

  it('counts webhooks by event and outcome, and all events that it does not know as one', async () => {
    service = await startApp();
    const body = eventBody('room_started', { room: { name: 'r' } });
    await sendWebhook(service.url, body);
    await sendWebhook(service.url, body);
    await sendWebhook(service.url, eventBody('sip_call_started'));
    await sendWebhook(service.url, eventBody('room_finished'), { secret: 'of somebody else' });
    const samples = await metrics();
    const count = (event: string, outcome: string): number | undefined =>
      valueOf(samples, 'livekit_webhook_events_total', { event, outcome });
    expect(count('room_started', 'accepted')).toBe(1);
    expect(count('room_started', 'duplicate')).toBe(1);
    expect(count('unknown', 'accepted')).toBe(1);
    expect(count('unknown', 'rejected')).toBe(1);
    expect(samples.filter(({ name }) => name === 'livekit_webhook_events_total')).toHaveLength(4);
  });

  it('times every request by the template of its route, also one that its client gave up', async () => {
    service = await startApp({}, { modules: [TeamModule] });
    await service.post('/token', ALICE);
    await service.post('//token/', ALICE);
    await fetch(`${service.url}/team/rooms/Alice%27s%20room?token=hunter2`);
    await fetch(`${service.url}/team/rooms/another`);
    await fetch(`${service.url}/nowhere`);
    await service.post('/token', '{');
    await sendWebhook(service.url, '{}', { authorization: 'none' });
    await fetch(`${service.url}/token`, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } });
    const client = new AbortController();
    service.app.get(TeamController, { strict: false }).arrived = () => void setTimeout(() => client.abort(), 100);
    await expect(fetch(`${service.url}/team/rooms/slow`, { signal: client.signal })).rejects.toThrow('aborted');
    let samples: Sample[] = [];
    for (
      let done: number | undefined;
      done === undefined;
      done = requests(samples, 'GET', '/team/rooms/:name', '499')
    ) {
      samples = await metrics();
    }
    expect(requests(samples, 'POST', '/token', '200')).toBe(2);
    expect(requests(samples, 'GET', '/team/rooms/:name', '200')).toBe(2);
    expect(requests(samples, 'GET', '/team/rooms/:name', '499')).toBe(1);
    expect(requests(samples, 'GET', 'none', '404')).toBe(1);
    // Refused before they were routed.
    expect(requests(samples, 'POST', '/token', '400')).toBe(1);
    expect(requests(samples, 'POST', '/livekit/webhook', '401')).toBe(1);
    expect(requests(samples, 'OPTIONS', '/token', '204')).toBe(1);
    const seconds = valueOf(samples, 'http_request_duration_seconds_sum', {
      method: 'GET',
      route: '/team/rooms/:name',
      status: '499',
    });
    expect(seconds).toBeGreaterThan(0.09);
    // In milliseconds it would be over 90.
    expect(seconds).toBeLessThan(60);

    // By OpenTelemetry's conventions: what is not known is left out.
    const counted = (labels: Record<string, string>): number | undefined =>
      valueOf(samples, 'http_server_request_duration_seconds_count', labels);
    const room = { http_request_method: 'GET', http_route: '/team/rooms/:name' };
    expect(counted({ ...room, http_response_status_code: '200' })).toBe(2);
    expect(counted({ ...room, error_type: 'client_closed_request' })).toBe(1);
    expect(counted({ http_request_method: 'GET', http_response_status_code: '404' })).toBe(1);
    const sum = 'http_server_request_duration_seconds_sum';
    expect(valueOf(samples, sum, { ...room, error_type: 'client_closed_request' })).toBe(seconds);
  });

  it('shows what we depend on, and the process itself', async () => {
    const livekit = await FakeLiveKitFront.start();
    livekit.behaviour = 503;
    service = await startApp(livekit.settings);
    const samples = await metrics();
    expect(valueOf(samples, 'dependency_up', { dependency: 'livekit' })).toBe(0);
    expect(valueOf(samples, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(valueOf(samples, 'nodejs_eventloop_lag_seconds')).toBeDefined();
    await livekit.stop();
  });

  it('is of this application alone, in the format that Prometheus takes', async () => {
    const another = await startApp();
    await another.post('/token', ALICE);
    service = await startApp();
    const response = await get();
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(valueOf(parseMetrics(await response.text()), 'livekit_token_issued_total', { route: '/token' })).toBe(
      undefined,
    );
    await another.close();
  });
});

describe('OpenMetrics', () => {
  it('has the same values in its own form, and leaves the other format as it is', async () => {
    service = await startApp();
    await service.post('/token', ALICE);
    const read = async (accept: string): Promise<Response> => fetch(`${service.url}/metrics`, { headers: { accept } });
    // As Prometheus 3 sends it.
    const response = await read(
      'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    );
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^# TYPE livekit_token_issued counter\nlivekit_token_issued_total\{route="\/token"\} 1\n/m);
    expect(text).toMatch(/^# TYPE nodejs_active_resources_total gauge\nnodejs_active_resources_total \d/m);
    expect(text).toMatch(/\n# EOF\n$/);
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    expect(new Set(lines).size).toBe(lines.length);

    const plain = await read('text/plain, application/openmetrics-text;q=0');
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await plain.text()).toMatch(
      /^# TYPE livekit_token_issued_total counter\nlivekit_token_issued_total\{route="\/token"\} 1\n/m,
    );
  });
});

describe('the labels', () => {
  /** Sends and forgets the answer; Node's own client, since fetch() does not know all methods. */
  async function send(agent: Agent, method: string, path: string): Promise<void> {
    const [response] = (await once(request(service.url, { agent, method, path }).end(), 'response')) as [
      IncomingMessage,
    ];
    await once(response.resume(), 'end');
  }

  it('are as few after a thousand random paths and methods as before', async () => {
    service = await startApp({}, { modules: [TeamModule] });
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const methods = METHODS.filter((method) => method !== 'CONNECT');
    const random = (): string => randomBytes(8).toString('hex');
    const paths = [
      () => `/${random()}`,
      () => `/token/${random()}`,
      () => `/livekit/${random()}?room=${random()}`,
      () => `/team/rooms/${random()}`,
      () => `/health/%0a${random()}`,
    ];
    const storm = (rounds: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: rounds }, () =>
          methods.flatMap((method) => paths.map((path) => send(agent, method, path()))),
        ).flat(),
      );
    // Node's own grow when its collector first does what it has not done before, and not by what clients ask for.
    const ours = async (): Promise<Sample[]> => (await metrics()).filter(({ name }) => !name.startsWith('nodejs_'));
    await storm(1);
    // Reading the metrics is a request too.
    await metrics();
    const before = (await ours()).length;
    await storm(6);
    const samples = await ours();
    expect(samples.length).toBe(before);
    const labels = samples.flatMap(({ labels: { method = '', route = '' } }) => [method, route]);
    expect([...new Set(labels)].sort()).toEqual(
      [
        '',
        '/metrics',
        '/team/rooms/:name',
        '/token',
        'DELETE',
        'GET',
        'HEAD',
        'OPTIONS',
        'PATCH',
        'POST',
        'PUT',
        'none',
        'other',
      ].sort(),
    );
    agent.destroy();
  });

  it('are had also of addresses that cannot be read', async () => {
    service = await startApp();
    const agent = new Agent();
    for (const path of ['https:///\\[', 'http://[x', 'http://a:b:c/', '*', '//token', '/%zz'])
      await send(agent, 'GET', path);
    const samples = await metrics();
    expect(requests(samples, 'GET', 'none', '404')).toBeGreaterThanOrEqual(3);
    expect(requests(samples, 'GET', '/token', '404')).toBe(1);
  });

  it("stay few when a team's policy makes up codes", async () => {
    service = await startApp({}, { modules: [TeamModule] });
    for (let count = 0; count < 150; count += 1)
      await service.post('/token', { ...ALICE, roomName: `code:N_${count}` });
    await service.post('/token', { ...ALICE, roomName: 'code:of "Alice"' });
    const refused = (await metrics()).filter(({ name }) => name === 'livekit_token_refused_total');
    expect(refused).toHaveLength(101);
    expect(valueOf(refused, 'livekit_token_refused_total', { route: '/token', code: 'other' })).toBe(51);
  });

  it('has counters, gauges and histograms of a team', async () => {
    service = await startApp({}, { modules: [BookingMetricsModule] });
    const registry = service.app.get(BookingMetrics, { strict: false });
    registry.book(0.3);
    registry.book(3);
    const samples = await metrics();
    expect(valueOf(samples, 'bookings_opened_total', { reason: 'web' })).toBe(2);
    expect(valueOf(samples, 'bookings_waiting')).toBe(2);
    expect(valueOf(samples, 'booking_duration_seconds_bucket', { le: '1' })).toBe(1);
    expect(valueOf(samples, 'booking_duration_seconds_count')).toBe(2);
  });
});
