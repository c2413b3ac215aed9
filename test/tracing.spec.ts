/** Traces as a collector receives them, from the service as operators start it. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  BUILD,
  freePort,
  runBuilt,
  type ServiceProcess,
  spawnService,
  untilListening,
} from './support/built-service.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { AUDIENCE, FakeIssuer, INTROSPECTION_CLIENT } from '../src/testing/fake-issuer.js';
import { OtlpReceiver, type ReceivedSpan } from './support/otlp-receiver.js';
import { temporaryFile } from './support/temporary-file.js';
import { eventBody, sendWebhook } from '../src/testing/webhook-sender.js';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
/** Spans are exported at once. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '20', LOG_FORMAT: 'json' };

/** Prints which packages of OpenTelemetry the process has loaded when it ends. */
const PRINT_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  const { cache } = createRequire('file:///');
  process.on('exit', () => {
    const names = Object.keys(cache).map((path) => path.match(/@opentelemetry.([\\w-]+)/)?.[1]).filter(Boolean);
    process.stdout.write('loaded: ' + [...new Set(names)].sort().join(' ') + '\\n');
  });`)}`;

const ROOM = 'Room-Canary';
const IDENTITY = 'identity-canary';

interface Caller {
  readonly traceId: string;
  readonly spanId: string;
  readonly headers: Record<string, string>;
}

/** What a caller sends that is traced itself. */
function caller(sampled = true): Caller {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-0${Number(sampled)}` } };
}

const running: ServiceProcess[] = [];
let receiver: OtlpReceiver;
let issuer: FakeIssuer;
let livekit: FakeLiveKit;
beforeAll(async () => {
  [receiver, issuer, livekit] = await Promise.all([OtlpReceiver.start(), FakeIssuer.start(), FakeLiveKit.start()]);
});
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([receiver.stop(), issuer.stop(), livekit.stop()]);
});

async function start(settings: Record<string, string>): Promise<ServiceProcess> {
  const service = await spawnService({ ...SOON, ...settings });
  running.push(service);
  await untilListening(service);
  return service;
}

function askToken(
  service: ServiceProcess,
  headers: Record<string, string> = {},
  roomName = ROOM,
  query = '',
): Promise<Response> {
  return fetch(`${service.url}/token${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ roomName, participantName: IDENTITY }),
  });
}

const about = (event: string): string =>
  eventBody(event, { room: { name: ROOM }, participant: { identity: IDENTITY, sid: 'PA_1' } });

const inTrace = (traceId: string): ReceivedSpan[] => receiver.spans.filter((span) => span.traceId === traceId);

function logLine(service: ServiceProcess, has: (line: Record<string, unknown>) => boolean) {
  return eventually(() =>
    service
      .output()
      .split('\n')
      // What follows the last line break may be half a line.
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(has),
  );
}

describe('with a collector', () => {
  let service: ServiceProcess;
  let bearer: string;
  beforeAll(async () => {
    bearer = await issuer.sign({ sub: IDENTITY, name: 'name-canary', groups: ['group-canary'], sid: 'session-canary' });
    service = await start({
      [ENDPOINT]: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=of-the-collector',
      OTEL_SERVICE_NAME: 'tokens',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      LIVEKIT_URL: livekit.url,
      JOIN_RULES_FILE: temporaryFile(`rules:\n- rooms: ['${ROOM}']\n  grants: { roomAdmin: true }\n`).path,
      ...issuer.settings,
    });
  });

  it('is one from the caller over the token request to the listener of participant_joined', async () => {
    const { traceId, spanId, headers } = caller();
    const response = await askToken(
      service,
      { ...headers, authorization: `Bearer ${bearer}` },
      ROOM,
      '?q=query-canary',
    );
    expect(response.status).toBe(200);
    const token = await receiver.span((span) => span.traceId === traceId && span.kind === 'server');
    expect(token).toMatchObject({ name: 'POST /token', parentSpanId: spanId, failed: false });
    expect(token.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/token',
      'http.response.status_code': 200,
      'url.scheme': 'http',
    });
    expect(token.resource).toMatchObject({ 'service.name': 'tokens', 'deployment.environment.name': 'test' });

    const children = inTrace(traceId).filter((span) => span.parentSpanId === token.spanId);
    const names = children.map(({ name }) => name);
    expect(names).toEqual([
      'authenticate caller',
      'policy OwnIdentityPolicy',
      'policy ClientFieldsPolicy',
      'policy JoinRulesPolicy',
      'sign token',
    ]);
    const fetches = inTrace(traceId).filter((span) => span.parentSpanId === children[0]?.spanId);
    expect(fetches.map(({ name, kind }) => [name, kind])).toEqual([
      ['GET', 'client'],
      ['GET', 'client'],
    ]);
    expect(fetches.map(({ attributes }) => attributes['url.full'])).toEqual([
      `${issuer.url}/.well-known/openid-configuration`,
      `${issuer.url}/keys`,
    ]);
    expect(fetches[1]?.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 });

    expect((await sendWebhook(service.url, about('participant_joined'))).status).toBe(200);
    const listener = await receiver.span((span) => span.name === 'listener ParticipantListener.joined');
    const processing = await receiver.span((span) => span.spanId === listener.parentSpanId);
    expect(processing).toMatchObject({ name: 'process participant_joined', kind: 'consumer', failed: false });
    expect([listener.traceId, processing.traceId]).toEqual([traceId, traceId]);
    expect(processing.parentSpanId).toBe(token.spanId);
    // The request of LiveKit has a trace of its own. Each of the two leads to the other.
    const webhook = await receiver.span((span) => span.spanId === processing.links[0]?.spanId);
    expect(webhook).toMatchObject({ name: 'POST /livekit/webhook', kind: 'server', parentSpanId: '' });
    expect(webhook.links).toEqual([{ traceId, spanId: token.spanId }]);
    expect(webhook.traceId).not.toBe(traceId);
    expect(webhook.attributes['livekit.event']).toBe('participant_joined');

    // What comes later links to the token request, so that its trace does not grow for as long as the call.
    expect((await sendWebhook(service.url, about('participant_left'))).status).toBe(200);
    const left = await receiver.span(({ attributes }) => attributes['livekit.event'] === 'participant_left');
    expect(left.traceId).not.toBe(traceId);
    const leaving = await receiver.span((span) => span.traceId === left.traceId && span.kind === 'server');
    expect(leaving.links).toEqual(webhook.links);

    const line = await logLine(service, ({ message, traceId: id }) => message === 'issued' && id === traceId);
    expect(line['spanId']).toBe(token.spanId);
  });

  it('is named in the journey of the participant, also by the doctor', async () => {
    const { traceId, headers } = caller();
    const asked = { ...headers, authorization: `Bearer ${bearer}` };
    expect((await askToken(service, asked)).status).toBe(200);
    const query = new URLSearchParams({ room: ROOM, identity: IDENTITY });
    const response = await fetch(`${service.url}/access/journey?${query}`, { headers: { ...asked, traceparent: '' } });
    const { steps } = (await response.json()) as { steps: { step: string; traceId?: string }[] };
    expect(steps.findLast(({ step }) => step === 'token_issued')?.traceId).toBe(traceId);

    const settings = { SERVER_PORT: new URL(service.url).port };
    const asOperator = ['--room', ROOM, '--identity', IDENTITY];
    const { stdout, stderr } = await runBuilt('doctor.js', asOperator, settings);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^ok +journey +\\S+ token_issued: .*traceId ${traceId}`, 'm'));
  });

  it('names what refused, and an exemplar of the duration', async () => {
    const { traceId, headers } = caller();
    const asked = { ...headers, authorization: `Bearer ${bearer}` };
    expect((await askToken(service, asked, 'room-refused')).status).toBe(403);
    const token = await receiver.span((span) => span.traceId === traceId && span.kind === 'server');
    expect(token).toMatchObject({ failed: false });
    expect(token.attributes).toMatchObject({ 'http.response.status_code': 403, 'problem.code': 'ROOM_NOT_ALLOWED' });
    expect(token.attributes).not.toHaveProperty(['error.type']);
    const policy = inTrace(traceId).find(({ name }) => name === 'policy JoinRulesPolicy');
    expect(policy).toMatchObject({ failed: false, attributes: { 'error.type': 'ROOM_NOT_ALLOWED' } });

    const metrics = await fetch(`${service.url}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' },
    });
    expect(metrics.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1.0.0/);
    const text = await metrics.text();
    expect(text).toMatch(
      new RegExp(`http_response_status_code="403".* # \\{trace_id="${traceId}",span_id="${token.spanId}"\\}`),
    );
    expect(text).toMatch(/# EOF\n$/);
  });

  it('traces calls of LiveKit, and a failure by its code', async () => {
    const { traceId, headers } = caller();
    const asked = { ...headers, authorization: `Bearer ${bearer}` };
    // LiveKit has no such room.
    await fetch(`${service.url}/access/rooms/${ROOM}/end`, { method: 'POST', headers: asked });
    const end = await receiver.span((span) => span.traceId === traceId && span.kind === 'server');
    expect(end.name).toBe('POST /access/rooms/:room/end');
    const call = inTrace(traceId).find(({ name }) => name === 'RoomServiceClient/deleteRoom');
    expect(call).toMatchObject({ kind: 'client', parentSpanId: end.spanId, failed: true });
    expect(call?.attributes).toEqual({
      'rpc.system.name': 'twirp',
      'rpc.method': 'RoomServiceClient/deleteRoom',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(livekit.url).port),
      'error.type': 'LIVEKIT_NOT_FOUND',
    });
  });

  it('shows no token, secret, claim, name or query in any byte', async () => {
    const sent = [...receiver.requests];
    expect(sent.length).toBeGreaterThan(0);
    for (const { headers } of sent) expect(headers['x-api-key']).toBe('of-the-collector');
    const bytes = Buffer.concat(sent.map(({ body }) => body)).toString('latin1');
    expect(bytes).toContain('POST /token');
    const [, claims = '', signature = ''] = bearer.split('.');
    for (const secret of [ROOM, 'room-refused', 'canary', 'devkey', 'user-1', claims, signature, 'eyJhbGci', 'PA_1']) {
      expect(bytes).not.toContain(secret);
    }
  });
});

describe('by http/json, with names, for callers that sample', () => {
  it('exports the traces of these callers alone, with the introspection of their tokens and what LiveKit says of them', async () => {
    const secret = temporaryFile(`${INTROSPECTION_CLIENT.secret}\n`);
    const { clientId } = INTROSPECTION_CLIENT;
    const introspection = { clientId, clientSecretFile: secret.path };
    const provider = { name: 'main', issuer: issuer.url, audience: AUDIENCE, introspection };
    const end = Math.floor(Date.now() / 1000) + 300;
    issuer.active.set('opaque-canary', { sub: IDENTITY, aud: AUDIENCE, exp: end, token_type: 'Bearer' });
    const authorization = 'Bearer opaque-canary';
    const service = await start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
      OTEL_INCLUDE_NAMES: 'true',
      AUTH_MODE: 'oidc',
      OIDC_PROVIDERS_FILE: temporaryFile(JSON.stringify([provider])).path,
    });
    const [sampled, unsampled] = [caller(), caller(false)];
    expect((await askToken(service, { ...sampled.headers, authorization })).status).toBe(200);
    const span = await receiver.span(({ traceId, kind }) => traceId === sampled.traceId && kind === 'server');
    expect(span).toMatchObject({ name: 'POST /token', parentSpanId: sampled.spanId });
    expect(span.attributes).toMatchObject({ 'livekit.room': ROOM, 'livekit.identity': IDENTITY });
    expect(span.resource['service.name']).toBe('livekit-token-service');
    expect(receiver.requests.at(-1)?.headers['content-type']).toBe('application/json');

    const verification = inTrace(sampled.traceId).find(({ name }) => name === 'authenticate caller');
    expect(verification).toMatchObject({ parentSpanId: span.spanId });
    const introspected = inTrace(sampled.traceId).find(({ name }) => name === 'POST');
    expect(introspected).toMatchObject({ kind: 'client', parentSpanId: verification?.spanId, failed: false });
    expect(introspected?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.full': `${issuer.url}/introspect`,
      'http.response.status_code': 200,
    });

    // The request of LiveKit itself is not sampled.
    expect((await sendWebhook(service.url, about('participant_joined'))).status).toBe(200);
    const listener = await receiver.span(
      ({ traceId, name }) => traceId === sampled.traceId && name === 'listener ParticipantListener.joined',
    );
    const processing = await receiver.span((one) => one.spanId === listener.parentSpanId);
    expect(processing).toMatchObject({ parentSpanId: span.spanId, links: [] });
    expect(processing.attributes).toMatchObject({ 'livekit.room': ROOM, 'livekit.identity': IDENTITY });

    await askToken(service, { ...unsampled.headers, authorization });
    const last = caller();
    await askToken(service, { ...last.headers, authorization });
    await receiver.span(({ traceId, kind }) => traceId === last.traceId && kind === 'server');
    // Lines of all requests have ids, so that they are found by those of the caller.
    await logLine(service, ({ traceId }) => traceId === unsampled.traceId);
    expect(inTrace(unsampled.traceId)).toEqual([]);
  });
});

describe('while the collector does not respond', () => {
  it('serves, keeps a bounded number of spans, and stops', async () => {
    const collector = await OtlpReceiver.start();
    const endless = { OTEL_EXPORTER_OTLP_TIMEOUT: '300000', OTEL_BSP_EXPORT_TIMEOUT: '300000' };
    try {
      const service = await start({ [ENDPOINT]: collector.url, OTEL_BSP_MAX_QUEUE_SIZE: '64', ...endless });
      collector.hold();
      await askToken(service);
      await eventually(() => collector.heldCount > 0);
      const before = collector.spans.length;
      for (let round = 0; round < 10; round += 1) {
        const responses = await Promise.all(Array.from({ length: 20 }, () => askToken(service)));
        expect(responses.every(({ status }) => status === 200)).toBe(true);
      }
      // 200 requests made over 800 spans.
      collector.release();
      await eventually(() => collector.spans.length > before);
      await askToken(service, caller().headers);
      await eventually(() => collector.spans.length - before >= 64);
      expect(collector.spans.length - before).toBeLessThanOrEqual(64 + 10);

      collector.hold();
      await askToken(service);
      await eventually(() => collector.heldCount > 0);
      service.child.kill('SIGTERM');
      expect(await service.exited).toBe(0);
    } finally {
      await collector.stop();
    }
  });

  it('serves if there is none, and says once that traces are lost', async () => {
    const service = await start({
      [ENDPOINT]: `http://127.0.0.1:${await freePort()}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    const responses = await Promise.all(Array.from({ length: 20 }, () => askToken(service)));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    const line = await logLine(service, ({ context, level }) => context === 'Tracing' && level === 'warn');
    expect(line['reason']).toBe('ECONNREFUSED');
  });
});

describe('without a collector', () => {
  /** The packages of OpenTelemetry that a service has loaded until its end. */
  async function loadedBy(settings: Record<string, string>, headers: Record<string, string>): Promise<string[]> {
    const service = await start({ NODE_OPTIONS: `--import=${PRINT_LOADED}`, ...settings });
    await askToken(service, headers);
    const line = await logLine(service, ({ message }) => message === 'issued');
    expect('traceId' in line).toBe(ENDPOINT in settings);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    return (/^loaded: (.*)$/m.exec(service.output())?.[1] ?? '').split(' ');
  }

  it('does not load the SDK, and with one exports what is left when it stops', async () => {
    const { traceId, headers } = caller();
    const late = { [ENDPOINT]: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '600000' };
    const [without, withCollector] = await Promise.all([loadedBy({}, headers), loadedBy(late, headers)]);
    expect(without).toEqual(['api']);
    expect(withCollector).toEqual(expect.arrayContaining(['api', 'sdk-trace-node', 'exporter-trace-otlp-proto']));
    expect(inTrace(traceId).map(({ name }) => name)).toContain('POST /token');
  });
});

describe('without the packages of the SDK', () => {
  it('does not start, and says what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-service-'));
    try {
      cpSync(BUILD, join(folder, 'dist'), { recursive: true });
      withoutSdk(join(BUILD, '../../..'), join(folder, 'node_modules'));
      writeFileSync(join(folder, '.env'), `${ENDPOINT}=${receiver.url}\n`);
      const end = await runBuilt(join(folder, 'dist/main.js'), [], {}, folder);
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(/^The service did not start\. .*\n {2}- OTEL_EXPORTER_OTLP_ENDPOINT needs packages/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  function withoutSdk(from: string, to: string): void {
    mkdirSync(join(to, '@opentelemetry'), { recursive: true });
    symlinkSync(join(from, '@opentelemetry/api'), join(to, '@opentelemetry/api'));
    for (const name of readdirSync(from)) {
      if (name !== '@opentelemetry') symlinkSync(join(from, name), join(to, name));
    }
  }
});
