/** Several identity providers at once: OIDC_PROVIDERS_FILE. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { holdTimeouts, pass, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { AUDIENCE, FakeIssuer } from '../src/testing/fake-issuer.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { type TemporaryFile, temporaryFile } from './support/temporary-file.js';

type Entry = Record<string, unknown>;
type Statuses = Record<string, { readonly status: string }>;

const BODY = { roomName: 'r', participantName: 'Client' };

let staff: FakeIssuer;
let guests: FakeIssuer;
beforeAll(async () => {
  staff = await FakeIssuer.start();
  guests = await FakeIssuer.start();
});
afterAll(async () => {
  await staff.stop();
  await guests.stop();
});

const entries = (): [Entry, Entry] => [
  { name: 'staff', issuer: staff.url, audience: AUDIENCE, identity: 'staff:${sub}', displayName: '${name} (staff)' },
  { name: 'guests', issuer: guests.url, clientIds: ['web'], identity: 'guest:${sub}' },
];

const running: RunningApp[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function start(file: TemporaryFile, settings: Record<string, string> = {}): Promise<RunningApp> {
  const service = await startApp({ AUTH_MODE: 'oidc', OIDC_PROVIDERS_FILE: file.path, ...settings });
  running.push(service);
  return service;
}

const startWith = (list: unknown, settings?: Record<string, string>): Promise<RunningApp> =>
  start(temporaryFile(JSON.stringify(list)), settings);

async function send(service: RunningApp, token: string | Promise<string>): Promise<Response> {
  return service.post('/token', BODY, { authorization: `Bearer ${await token}` });
}

async function joined(service: RunningApp, token: string | Promise<string>): Promise<JWTPayload> {
  return verifyToken((await (await send(service, token)).json()) as string);
}

const guest = (claims: JWTPayload = {}): Promise<string> => guests.sign({ aud: undefined, azp: 'web', ...claims });

describe('two providers', () => {
  it('have callers with the same subject, who are told apart', async () => {
    const service = await startWith(entries());
    expect(await joined(service, staff.sign({ name: 'Alice' }))).toMatchObject({
      sub: 'staff:user-1',
      name: 'Alice (staff)',
    });
    expect(await joined(service, guest({ name: 'Bob' }))).toMatchObject({ sub: 'guest:user-1', name: 'Bob' });
  });

  it('vouch for their own issuer alone, and accept what their own settings say', async () => {
    const service = await startWith(entries());
    const refused = [
      staff.sign({ iss: guests.url, aud: undefined, azp: 'web' }),
      guests.sign({ iss: staff.url }),
      guests.sign({ iss: `${staff.url}/` }),
      guests.sign(),
      staff.sign({ aud: undefined, azp: 'web' }),
      staff.sign({ iss: undefined }),
    ];
    for (const token of refused) expect((await send(service, token)).status).toBe(401);
    expect((await send(service, staff.sign())).status).toBe(200);
  });

  it('are limited apart, and stand in the audit log', async () => {
    const service = await startWith(entries(), { RATE_LIMIT_PER_CALLER: '1' });
    expect([(await send(service, staff.sign())).status, (await send(service, guest())).status]).toEqual([200, 200]);
    expect((await send(service, staff.sign())).status).toBe(429);
    const issued = service.output.lines().filter(({ message }) => message === 'issued');
    expect(issued.map(({ caller }) => caller)).toEqual([`${staff.url} user-1`, `${guests.url} user-1`]);
  });

  it('are the claim provider for join rules, which no token can set', async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: { provider: 'staff' } }]));
    const service = await startWith(entries(), { JOIN_RULES_FILE: rules.path });
    expect((await send(service, staff.sign({ provider: 'guests' }))).status).toBe(200);
    expect((await send(service, guest({ provider: 'staff' }))).status).toBe(403);
  });

  it('fail apart: in requests, in health and in metrics', async () => {
    const service = await startWith(entries());
    await guests.stop();
    expect((await send(service, guest())).status).toBe(503);
    expect((await send(service, staff.sign())).status).toBe(200);
    // A probe does not wait for a check that takes long: a later one tells what has become of it.
    const details = await eventually(async () => {
      const health = (await (await fetch(`${service.url}/health/ready`)).json()) as { details: Statuses };
      return health.details['issuer-staff']?.status === 'up' && health.details;
    });
    expect(details).toMatchObject({ 'issuer-guests': { status: 'degraded' } });
    expect(details).not.toHaveProperty('issuer');
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('dependency_up{dependency="issuer-staff"} 1');
    expect(metrics).toContain('dependency_up{dependency="issuer-guests"} 0');
    await guests.listen();
  });
});

describe('a flood of unknown key ids of one provider', () => {
  takeClock();
  afterEach(() => {
    staff.behaviour = 'answer';
  });

  /** The statuses that the flood gets, and the requests that each issuer gets because of it. */
  async function flood(service: RunningApp): Promise<{ statuses: Set<number>; requests: [number, number] }> {
    const [ofStaff, ofGuests] = [staff.requests.length, guests.requests.length];
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => staff.sign({}, { kid: `made-up-${index}` })),
    );
    const statuses = new Set<number>();
    for (const token of tokens) statuses.add((await send(service, token)).status);
    return { statuses, requests: [staff.requests.length - ofStaff, guests.requests.length - ofGuests] };
  }

  async function startAndMeetBoth(): Promise<RunningApp> {
    const service = await startWith(entries());
    expect([(await send(service, staff.sign())).status, (await send(service, guest())).status]).toEqual([200, 200]);
    return service;
  }

  it('has the keys of that provider fetched once in 30 s, and those of no other', async () => {
    const service = await startAndMeetBoth();
    expect(await flood(service)).toEqual({ statuses: new Set([401]), requests: [0, 0] });
    pass(31_000);
    // The discovery document and the keys.
    expect(await flood(service)).toEqual({ statuses: new Set([401]), requests: [2, 0] });
    expect([(await send(service, staff.sign())).status, (await send(service, guest())).status]).toEqual([200, 200]);
  });

  it('is bounded while that provider fails, whose known keys stay in use', async () => {
    const service = await startAndMeetBoth();
    staff.behaviour = 'error';
    pass(31_000);
    expect(await flood(service)).toEqual({ statuses: new Set([503]), requests: [1, 0] });
    expect([(await send(service, staff.sign())).status, (await send(service, guest())).status]).toEqual([200, 200]);
  });

  it('delays no caller of another provider while that one hangs', async () => {
    const service = await startAndMeetBoth();
    staff.behaviour = 'hang';
    pass(31_000);
    await holdTimeouts(async (timeouts) => {
      const before = staff.requests.length;
      const hanging = send(service, staff.sign({}, { kid: 'made-up' }));
      await eventually(() => staff.requests.length > before);
      expect((await send(service, guest({ jti: 'another' }))).status).toBe(200);
      timeouts.elapse();
      expect((await hanging).status).toBe(503);
    });
  });
});

describe('the file', () => {
  it('may be YAML with one provider, whose identities need no prefix', async () => {
    const service = await start(
      temporaryFile(`- name: main\n  issuer: ${staff.url}\n  audience: [other, ${AUDIENCE}]\n`),
      { OIDC_NAME_CLAIM: 'profile.nick' },
    );
    expect(await joined(service, staff.sign({ profile: { nick: 'Al' } }))).toMatchObject({ sub: 'user-1', name: 'Al' });
  });

  it('is taken over when it changes; unchanged providers keep their keys, an invalid file changes nothing', async () => {
    const [first, second] = entries();
    const file = temporaryFile(JSON.stringify([first]));
    const service = await start(file);
    expect([(await send(service, staff.sign())).status, (await send(service, guest())).status]).toEqual([200, 401]);
    const before = staff.requests.length;

    file.replace(JSON.stringify([first, second]));
    await eventually(async () => (await send(service, guest())).status === 200);
    expect((await send(service, staff.sign())).status).toBe(200);
    expect(staff.requests).toHaveLength(before);

    file.replace(JSON.stringify([first, { ...second, identity: '${sub}' }]));
    await eventually(() => service.output.text().includes('OIDC_PROVIDERS_FILE is invalid'));
    expect((await send(service, guest())).status).toBe(200);

    file.replace(JSON.stringify([second]));
    await eventually(async () => (await send(service, staff.sign())).status === 401);
    expect((await send(service, guest())).status).toBe(200);
  });

  it('stops the start when it is invalid, with all errors', async () => {
    const starting = startWith([{ name: 'a', issuer: 'https://a.example' }, { name: 'B' }]);
    await expect(starting).rejects.toThrow(/OIDC_PROVIDERS_FILE provider 1: [^]*OIDC_PROVIDERS_FILE provider 2: name /);
  });

  it.each([
    [{ OIDC_ISSUER: 'https://a.example' }, /- OIDC_PROVIDERS_FILE .* OIDC_ISSUER$/m],
    [{ OIDC_CLIENT_IDS: 'a', OIDC_TOKEN_TYPE: 'id' }, /- OIDC_PROVIDERS_FILE .* OIDC_CLIENT_IDS, OIDC_TOKEN_TYPE$/m],
    [{ AUTH_MODE: 'none' }, /- AUTH_MODE .*\boidc\b/],
  ])('is not given beside %j', async (settings, message) => {
    await expect(startWith(entries(), settings)).rejects.toThrow(message);
  });
});
