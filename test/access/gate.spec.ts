/** nginx and Caddy with the files of deploy/ before a real LiveKit: clients notice nothing, and whoever lost access does not get in. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { RoomServiceClient, type VideoGrant } from 'livekit-server-sdk';

import { becomes, Browser } from '../livekit/support/browser.js';
import { FrontendServer } from '../livekit/support/frontend.server.js';
import { signAgain, signToken } from '../livekit/support/jwt.js';
import { joinResponse, validate } from '../livekit/support/livekit.client.js';
import { Participant } from '../livekit/support/participant.js';
import { stopPrograms } from '../livekit/support/program.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { askGate } from '../support/gate.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { Instances, tokenFrom } from './support/instances.js';
import { GATE_TOKEN, PROXIES, type SignalProxy } from './support/signal.proxy.js';

const HOSTS = `
- rooms: ['*']
  callers: { groups: hosts }
  grants: { roomAdmin: true }
`;
const WIDE = `${HOSTS}
- rooms: ['*']
`;
const NARROW = `${HOSTS}
- rooms: ['*']
  grants: { canPublish: false }
`;

let issuer: FakeIssuer;
let rules: TemporaryFile;
let instances: Instances;
let rooms: RoomServiceClient;
let frontend: FrontendServer;
let browser: Browser;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  rules = temporaryFile(WIDE);
  instances = await Instances.start({ ...issuer.settings, JOIN_RULES_FILE: rules.path, GATE_TOKEN });
  const { url, apiKey, apiSecret } = instances.livekit;
  rooms = new RoomServiceClient(url, apiKey, apiSecret);
  frontend = await FrontendServer.start();
  browser = await Browser.start();
});
afterAll(async () => {
  await instances.stop();
  await issuer.stop();
  await stopPrograms();
});

const admit = async (room: string, sub: string, instance: 0 | 1 = 0): Promise<string> =>
  tokenFrom(instances.urls[instance], await issuer.sign({ sub, sid: `${room} ${sub}` }), room);

async function access(method: string, path: string, body?: object, instance: 0 | 1 = 0): Promise<string> {
  const bearer = await issuer.sign({ sub: 'host', groups: ['hosts'] });
  const response = await fetch(`${instances.urls[instance]}/access/rooms/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? 'done' : response.text();
}

/** Whether both instances let participants publish by the rules that they have read. */
const decideBy = (content: string): Promise<unknown> => {
  rules.replace(content);
  return eventually(async () => {
    const tokens = await Promise.all(
      ([0, 1] as const).map((instance) => admit('reading the rules', 'reader', instance)),
    );
    const wide = tokens.filter((token) => decodeJwt<{ video: VideoGrant }>(token).video.canPublish !== false);
    return wide.length === (content === WIDE ? 2 : 0);
  });
};
afterEach(() => decideBy(WIDE));

/** Both gates respond to these tokens with this status: what one instance does, the other hears of a moment later. */
async function untilGates(status: 204 | 403, ...tokens: readonly string[]): Promise<void> {
  const headers = { 'X-Gate-Token': GATE_TOKEN };
  for (const token of tokens) {
    await eventually(async () => {
      const asked = instances.urls.map((url) => askGate(url, { uri: `/rtc?access_token=${token}`, headers }));
      return (await Promise.all(asked)).every((answer) => answer.status === status);
    });
  }
}

interface Told {
  readonly steps: readonly { readonly step: string; readonly code?: string; readonly times?: number }[];
  readonly conclusion: { readonly cause: string };
}

/** What a host is told of a participant, once it contains the step and the cause: both instances write steps a moment later. */
async function journey(room: string, identity: string, step: string, cause: string): Promise<Told> {
  const bearer = await issuer.sign({ sub: 'host', groups: ['hosts'] });
  const query = new URLSearchParams({ room, identity });
  const headers = { authorization: `Bearer ${bearer}` };
  return eventually(async () => {
    const response = await fetch(`${instances.urls[1]}/access/journey?${query}`, { headers });
    const told = (await response.json()) as Told;
    return told.conclusion.cause === cause && told.steps.some((one) => one.step === step) && told;
  });
}

/** The token that LiveKit sends next. */
const next = (participant: Participant, ...before: string[]): Promise<string> =>
  eventually(async () => {
    const token = await participant.token();
    return !before.includes(token) && token;
  });

/** The original token, one that LiveKit renewed, one renewed after a demotion, and one minted with the same key. */
async function tokensOf(proxy: SignalProxy, room: string, identity: string): Promise<Record<string, string>> {
  const original = await admit(room, identity);
  const participant = await Participant.join(proxy.url, original);
  const renewed = await next(participant, original);
  await rooms.updateParticipant(room, identity, { permission: { canSubscribe: true } });
  const demoted = await next(participant, original, renewed);
  const minted = await signAgain(original, instances.livekit);
  return { original, renewed, demoted, minted };
}

/** How each of so many joins ended: `joined`, or the error. A few at a time. */
async function joins(
  proxy: SignalProxy,
  tokens: Record<string, string>,
  count: number,
): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  const all = Object.values(tokens);
  for (let index = 0; index < count; index += all.length) {
    for (const token of all) {
      const outcome = await joinResponse(proxy.url, token).then(
        () => 'joined',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }
  return outcomes;
}

const REFUSED = 'Unexpected server response: 403';

describe.each(['nginx', 'Caddy'] as const)('%s', (name) => {
  let proxy: SignalProxy;
  beforeAll(async () => {
    proxy = await PROXIES[name]({ livekit: instances.livekit.url, gates: instances.urls });
  });

  it('lets media through, and both validations, and what is no signal connection', async () => {
    const room = `media ${name}`;
    const alice = await Participant.join(proxy.url, await admit(room, 'alice'));
    const token = await admit(room, 'bob', 1);
    const bob = await Participant.join(proxy.url, token);
    await alice.publish();
    expect(await bob.told('trackSubscribed')).toMatchObject({ identity: 'alice' });
    expect((await validate(proxy.url, token)).map(({ status }) => status)).toEqual([200, 200]);
    await journey(room, 'bob', 'joined', 'in_now');
    const { steps } = await journey(room, 'bob', 'gate_opened', 'in_now');
    expect(steps.find(({ step }) => step === 'gate_opened')).toMatchObject({ code: 'ADMITTED' });
    const [regions, direct] = await Promise.all(
      [proxy.url, instances.livekit.url].map((url) => fetch(`${url.replace('ws', 'http')}/settings/regions`)),
    );
    expect(regions?.status).toBe(direct?.status);
  });

  it('lets a browser join, resume, and reconnect completely, with data and video', async () => {
    const room = `browser ${name}`;
    const [alice, bob] = [await browser.open(`${frontend.origin}/`), await browser.open(`${frontend.origin}/`)];
    const scripts = { alice: `camera: true`, bob: `camera: false` };
    for (const [{ page }, identity] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      await page.evaluate(`(async () => {
        const { Room, RoomEvent } = await import('/livekit-client.js');
        const { camera } = { ${scripts[identity]} };
        window.told = [];
        window.call = new Room();
        for (const event of ['SignalReconnecting', 'Reconnecting', 'Reconnected', 'Disconnected']) {
          call.on(RoomEvent[event], () => told.push(event));
        }
        call.on(RoomEvent.DataReceived, (data) => told.push(new TextDecoder().decode(data)));
        call.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
        await call.connect(${JSON.stringify(proxy.url)}, ${JSON.stringify(await admit(room, identity))});
        if (camera) await call.localParticipant.setCameraEnabled(true);
      })()`);
    }
    const sees = "[...document.querySelectorAll('video')].some((video) => video.videoWidth > 0)";
    await becomes(bob.page, sees, true);
    for (const [index, scenario] of ['signal-reconnect', 'full-reconnect'].entries()) {
      await alice.page.evaluate(`call.simulateScenario('${scenario}')`);
      await becomes(alice.page, "told.filter((one) => one === 'Reconnected').length", index + 1);
      // Again and again: LiveKit does not keep data for those whom a connection does not reach yet.
      await alice.page.evaluate(`(() => {
        const data = new TextEncoder().encode('hello ${scenario}');
        setInterval(() => call.localParticipant.publishData(data, { reliable: true }), 200);
      })()`);
      await becomes(bob.page, `told.includes('hello ${scenario}')`, true);
    }
    await bob.page.evaluate("document.querySelectorAll('video').forEach((video) => video.remove())");
    await bob.page.evaluate(`(() => {
      const [publication] = call.remoteParticipants.get('alice').trackPublications.values();
      document.body.append(publication.track.attach());
    })()`);
    await becomes(bob.page, sees, true);
    expect(await alice.page.evaluate("told.includes('Disconnected')")).toBe(false);

    // The page is told that it was refused, and not that the network is down.
    expect(await access('DELETE', `${encodeURIComponent(room)}/participants/alice`)).toBe('done');
    const failure = await alice.page.evaluate(`(async () => {
      const { ConnectionErrorReason, Room } = await import('/livekit-client.js');
      return new Room().connect(${JSON.stringify(proxy.url)}, ${JSON.stringify(await signToken(instances.livekit, { roomJoin: true, room }, { sub: 'alice' }))})
        .then(() => 'joined', (error) => ConnectionErrorReason[error.reason]);
    })()`);
    expect(failure).toBe('NotAllowed');
    const { steps } = await journey(room, 'alice', 'gate_refused', 'removed');
    expect(steps.findLast(({ step }) => step === 'gate_refused')).toMatchObject({ code: 'ACCESS_REVOKED' });
  });

  it('refuses all of 200 re-entries during a ban, and none after it was lifted and access given again', async () => {
    const room = `ban-${name}`;
    const tokens = await tokensOf(proxy, room, 'mallory');
    expect(await access('DELETE', `${room}/participants/mallory`, { banFor: '1h' })).toBe('done');
    await untilGates(403, ...Object.values(tokens));
    expect(await joins(proxy, tokens, 200)).toEqual({ [REFUSED]: 200 });
    expect(await proxy.log()).toContain('ACCESS_REVOKED');
    await journey(room, 'mallory', 'gate_refused', 'banned');
    // LiveKit itself would have let each of them in.
    for (const token of Object.values(tokens)) {
      expect((await validate(instances.livekit.url, token))[0]?.status).toBe(200);
      expect(await proxy.log()).not.toContain(token.slice(-20));
    }
    expect(await access('DELETE', `${room}/bans/mallory`)).toBe('done');
    await admit(room, 'mallory');
    await untilGates(204, ...Object.values(tokens));
    expect(await joins(proxy, tokens, 200)).toEqual({ joined: 200 });
  });

  it('refuses a token that is over, and the journey names it', async () => {
    const room = `late-${name}`;
    const before = Math.floor(Date.now() / 1000) - 120;
    const token = await signToken(
      instances.livekit,
      { roomJoin: true, room },
      { sub: 'late', nbf: before, exp: before },
    );
    await expect(joinResponse(proxy.url, token)).rejects.toThrow('Unexpected server response: 401');
    await journey(room, 'late', 'gate_refused', 'token_expired');
  });

  it('refuses the wider token of somebody who was demoted, and lets the narrower one in', async () => {
    const room = `demotion-${name}`;
    const original = await admit(room, 'olivia');
    const olivia = await Participant.join(proxy.url, original);
    const renewed = await next(olivia, original);
    await eventually(async () => (await access('GET', `${room}/participants`)).includes('olivia'));
    rules.replace(NARROW);
    const narrower = await next(olivia, original, renewed);
    await untilGates(403, original, renewed);
    await untilGates(204, narrower);
    expect(await joins(proxy, { original, renewed }, 20)).toEqual({ [REFUSED]: 20 });
    expect(await joins(proxy, { narrower }, 5)).toEqual({ joined: 5 });
  });

  it('refuses all of 200 re-entries although Redis and one instance are killed in the middle', async () => {
    const room = `outage-${name}`;
    const tokens = await tokensOf(proxy, room, 'peggy');
    expect(await access('DELETE', `${room}/participants/peggy`, {}, 1)).toBe('done');
    await untilGates(403, ...Object.values(tokens));
    expect(await joins(proxy, tokens, 68)).toEqual({ [REFUSED]: 68 });
    await instances.redis.kill();
    expect(await joins(proxy, tokens, 68)).toEqual({ [REFUSED]: 68 });
    await instances.kill(0);
    expect(await joins(proxy, tokens, 64)).toEqual({ [REFUSED]: 64 });
    const reconnections = (): number =>
      (instances.processes[1]?.output() ?? '').split('Redis is available again').length;
    const before = reconnections();
    await instances.redis.start();
    await instances.start(0);
    // For the tests of the next proxy.
    await eventually(() => reconnections() > before);
  });
});
