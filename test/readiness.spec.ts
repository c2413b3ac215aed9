/** Ready whatever has become of the things we depend on, since tokens can be signed without them. */
import { Injectable, Module, type Type } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Dependency, type HealthCheck } from '../src/health/dependency.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { pass, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { FakeLiveKitFront } from './support/livekit-front.js';

const ALICE = { roomName: 'r', participantName: 'Alice' };
const PRODUCTION = {
  NODE_ENV: 'production',
  LIVEKIT_API_KEY: 'APIabc',
  LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-characters',
  AUTH_MODE: 'none',
};

let service: RunningApp;
afterEach(() => service.close());

async function ready(): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${service.url}/health/ready`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const details = async (): Promise<unknown> => (await ready()).body['details'];

/** A probe does not wait for a check that takes long: a later one tells what has become of it. */
const untilUp = (name: string): Promise<true> =>
  eventually(async () => JSON.stringify(await details()) === JSON.stringify({ [name]: { status: 'up' } }));

it('is ready where nothing is configured to depend on', async () => {
  service = await startApp(PRODUCTION);
  expect(await ready()).toEqual({ status: 200, body: { status: 'ok', info: {}, error: {}, details: {} } });
});

describe('LiveKit', () => {
  let livekit: FakeLiveKitFront;
  takeClock();
  beforeEach(async () => {
    livekit = await FakeLiveKitFront.start();
    service = await startApp(livekit.settings);
  });
  afterEach(async () => {
    await livekit.stop();
  });

  it('is asked for its own health, once for many probes', async () => {
    for (const { status } of await Promise.all([ready(), ready(), ready()])) expect(status).toBe(200);
    await untilUp('livekit');
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { livekit: { status: 'up' } } },
    });
    expect(livekit.requests).toEqual(['GET /']);
  });

  it('that is not fit leaves us ready, and no more is said of it', async () => {
    livekit.behaviour = 406;
    expect(await details()).toEqual({ livekit: { status: 'degraded' } });
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await service.post('/token', ALICE)).status).toBe(200);
  });

  it('may come and go, with one line in the log for each', async () => {
    for (const [behaviour, status] of [
      [200, 'ok'],
      [503, 'degraded'],
      [503, 'degraded'],
      [200, 'ok'],
    ] as const) {
      const before = livekit.requests.length;
      livekit.behaviour = behaviour;
      await eventually(async () => (await ready()).body['status'] === status && livekit.requests.length > before);
      pass(6_000);
    }
    const [gone, back, ...more] = service.output.lines().filter(({ context }) => context === 'Dependencies');
    expect(gone).toMatchObject({ level: 'warn', message: 'livekit is unavailable' });
    expect(gone).toMatchObject({ error: { message: 'LiveKit responds with 503.' } });
    expect(back).toMatchObject({ level: 'log', message: 'livekit is available again' });
    expect(more).toEqual([]);
  });

  it('that hangs is given up, and no probe waits for that', async () => {
    livekit.behaviour = 'hang';
    expect(await ready()).toMatchObject({ status: 200, body: { details: { livekit: { status: 'degraded' } } } });
    expect(livekit.abandoned).toBe(0);
    await eventually(() => livekit.abandoned === 1);
    expect(livekit.requests).toHaveLength(1);
  });
});

describe('the issuer', () => {
  let issuer: FakeIssuer;
  takeClock();
  beforeEach(async () => {
    issuer = await FakeIssuer.start();
  });
  afterEach(async () => {
    await issuer.stop();
  });

  it('is up when its keys are there; no probe asks for them again', async () => {
    service = await startApp({ ...PRODUCTION, ...issuer.settings });
    await untilUp('issuer');
    await issuer.stop();
    pass(6_000);
    expect(await details()).toEqual({ issuer: { status: 'up' } });
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('that has never been reached is degraded until it is, without a caller', async () => {
    await issuer.stop();
    service = await startApp({ ...PRODUCTION, ...issuer.settings });
    expect(await ready()).toMatchObject({ status: 200, body: { details: { issuer: { status: 'degraded' } } } });
    await issuer.listen();
    pass(6_000);
    await untilUp('issuer');
  });

  it('that could not be asked again is degraded, while its known keys stay in use', async () => {
    service = await startApp({ ...PRODUCTION, ...issuer.settings });
    const authorization = `Bearer ${await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 7200 })}`;
    await service.post('/token', ALICE, { authorization });
    await issuer.stop();
    pass(11 * 60_000);
    expect((await service.post('/token', ALICE, { authorization })).status).toBe(200);
    await eventually(() => service.output.text().includes('keys cannot be fetched'));
    expect(await details()).toEqual({ issuer: { status: 'degraded' } });
    await issuer.listen();
    pass(6_000);
    await untilUp('issuer');
  });
});

function teamOf(...providers: Type[]): Type {
  @Module({ providers })
  class TeamModule {}
  return TeamModule;
}

describe("a team's checks", () => {
  @Injectable()
  @Dependency('diary')
  class DiaryHealth implements HealthCheck {
    check(): Promise<void> {
      throw new Error('the password is hunter2');
    }
  }

  @Injectable()
  @Dependency('diary')
  class SecondDiaryHealth extends DiaryHealth {}

  @Injectable()
  @Dependency('unused')
  class UnusedHealth extends DiaryHealth {
    readonly configured = false;
  }

  @Injectable()
  @Dependency('idle')
  class NoCheck {}

  @Injectable()
  @Dependency('My diary')
  class BadName extends DiaryHealth {}

  it('join the others, and show nobody what they threw', async () => {
    service = await startApp(PRODUCTION, { modules: [teamOf(DiaryHealth, UnusedHealth)] });
    expect(await ready()).toEqual({
      status: 200,
      body: expect.objectContaining({ status: 'degraded', details: { diary: { status: 'degraded' } } }),
    });
    expect(service.output.text()).toContain('hunter2');
  });

  it.each([
    ['two of one name', teamOf(DiaryHealth, SecondDiaryHealth), /SecondDiaryHealth has the name "diary" of another/],
    ['one that cannot be called', teamOf(NoCheck), /NoCheck must be a singleton with check\(\)/],
    ['one whose name is no label', teamOf(BadName), /BadName must have a name like/],
  ])('stop the start: %s', async (_what, module, message) => {
    await expect(startApp(PRODUCTION, { modules: [module] })).rejects.toThrow(message);
  });
});
