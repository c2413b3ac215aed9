/** Nothing that opens a door is ever in a log line, an error or a metric, whatever is asked of whichever route. */
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

import { startApp } from '../src/testing/start-app.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { eventBody, signWebhook } from '../src/testing/webhook-sender.js';
import { FakeLiveKitFront } from './support/livekit-front.js';
import { captureOutput } from './support/output.js';

const SECRET = 'livekit-secret-of-more-than-thirty-two-characters';
const METRICS_TOKEN = 'metrics-token-0123456789';
const REDIS_PASSWORD = 'redis-password-0123456789';
const TURN_PASSWORD = 'turn-password-0123456789';
const ROOM = 'the-room-of-this-test';

@Injectable()
@TokenPolicy()
class BreakingPolicy implements TokenPolicyProvider {
  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'broken') throw new Error('the policy is broken');
    return terms;
  }
}

@Injectable()
class BreakingListener {
  @OnLiveKitEvent('room_finished', { mustSucceed: true })
  breaks(): void {
    throw new Error('the listener is broken');
  }
}

@Module({ providers: [BreakingPolicy, BreakingListener] })
class TeamModule {}

let issuer: FakeIssuer;
let livekit: FakeLiveKitFront;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKitFront.start();
});
afterAll(async () => {
  await issuer.stop();
  await livekit.stop();
});

it.each(['json', 'pretty'])(
  'a run over all routes leaves no secret in its logs (%s), errors and metrics',
  async (format) => {
    // What does not pass the logger, such as a warning of a library.
    const rest = captureOutput();
    const service = await startApp(
      {
        ...issuer.settings,
        ...livekit.settings,
        LIVEKIT_API_KEY: 'APIkey',
        LIVEKIT_API_SECRET: SECRET,
        METRICS_TOKEN,
        // Nobody listens there, and the log says so.
        REDIS_URL: `redis://user:${REDIS_PASSWORD}@127.0.0.1:1`,
        LOG_FORMAT: format,
        NEST_LOG_LEVEL: 'verbose',
      },
      { modules: [TeamModule] },
    );
    /** What must not be seen again. */
    const secrets = new Set([SECRET, METRICS_TOKEN, REDIS_PASSWORD, TURN_PASSWORD]);
    const errors: string[] = [];
    const answers: number[] = [];
    const send = async (method: string, path: string, body?: string, authorization?: string, type = 'json') => {
      if (authorization !== undefined) {
        secrets.add(authorization);
        for (const part of authorization.split(/[ .]/)) if (part.length > 15) secrets.add(part);
      }
      const response = await fetch(service.url + path, {
        method,
        headers: { 'content-type': `application/${type}`, ...(authorization !== undefined && { authorization }) },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      answers.push(response.status);
      if (!response.ok) errors.push(text, ...[...response.headers].flat());
      for (const token of text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []) {
        secrets.add(token);
        if (path.endsWith('token')) secrets.add(token.split('.')[2] ?? '');
      }
      return text;
    };

    const good = `Bearer ${await issuer.sign()}`;
    const bearers = [
      undefined,
      good,
      `Bearer ${await issuer.sign({ exp: 1 })}`,
      `Bearer ${await issuer.sign({ aud: 'somebody-else' })}`,
      `Bearer ${await issuer.sign({ sub: ' ' })}`,
      `Bearer ${await issuer.sign({}, { kid: 'unknown' })}`,
      `${good.slice(0, -10)}AAAAAAAAAA`,
      'Bearer not-a-token-but-a-password-of-somebody',
      'Bearer two-words-of-somebody not-one-of-them',
      'Basic dXNlcjpwYXNzd29yZC1vZi1zb21lYm9keQ==',
    ];
    const bodies = [
      JSON.stringify({ roomName: ROOM, participantName: 'Alice' }),
      JSON.stringify({ room_name: ROOM, participant_name: 'Alice' }),
      JSON.stringify({ roomName: 'broken', room_name: 'broken', participantName: 'Alice' }),
      JSON.stringify({ participant_metadata: 'x', participant_identity: 'somebody-else' }),
      '{}',
      `{"broken": "${SECRET}`,
      `"${'x'.repeat(200_000)}"`,
    ];
    for (const authorization of bearers) {
      for (const path of ['/token', '/livekit/token', `/token?access_token=${SECRET}`, `/nowhere/${SECRET}`]) {
        for (const body of bodies) await send('POST', path, body, authorization);
        await send('GET', path, undefined, authorization);
      }
      for (const path of ['/metrics', '/health/live', '/health/ready', '/docs', '/docs-json']) {
        await send('GET', path, undefined, authorization);
      }
      await send('POST', '/livekit/webhook', eventBody('room_started'), authorization, 'webhook+json');
    }
    const pair = { key: 'APIkey', secret: SECRET };
    for (const event of ['room_started', 'room_finished', 'unheard_of']) {
      const body = eventBody(event, { room: { name: ROOM, turnPassword: TURN_PASSWORD } });
      for (const signed of [body, body, `${body} `]) {
        await send('POST', '/livekit/webhook', body, await signWebhook(signed, pair), 'webhook+json');
      }
      await send('POST', '/livekit/webhook', body, await signWebhook(body, { ...pair, skew: -900 }), 'webhook+json');
      await send('POST', '/livekit/webhook', body, await signWebhook(body, { key: 'APIkey' }), 'webhook+json');
    }
    const broken = `{"event":"room_started","room":{"turnPassword":"${TURN_PASSWORD}"`;
    await send('POST', '/livekit/webhook', broken, await signWebhook(broken, pair), 'webhook+json');

    await issuer.stop();
    livekit.behaviour = 503;
    await send('POST', '/token', bodies[0], `Bearer ${await issuer.sign({}, { kid: 'another' })}`);
    await send('GET', '/health/ready');
    const metrics = await send('GET', '/metrics', undefined, `Bearer ${METRICS_TOKEN}`);
    await service.close();
    rest.release();
    await issuer.listen();

    // All kinds of things have happened, and were written down.
    expect([...new Set(answers)].sort()).toEqual([200, 201, 400, 401, 403, 404, 413, 503]);
    const log = service.output.text();
    for (const word of [
      'issued',
      'refused',
      'POLICY_FAILED',
      'INVALID_TOKEN',
      'accepted',
      'rejected',
      'failed',
      ROOM,
    ]) {
      expect(log).toContain(word);
    }
    expect(metrics).toContain('livekit_token_issued_total');

    const written = [log, rest.text(), ...errors, metrics].join('\n');
    expect([...secrets].filter((secret) => written.includes(secret))).toEqual([]);
    expect(written.match(/eyJ[\w-]{8,}\.[\w-]{8,}/g)).toBeNull();
    for (const personal of [ROOM, 'Alice', 'user-1', '/nowhere']) expect(metrics).not.toContain(personal);
  },
  60_000,
);
