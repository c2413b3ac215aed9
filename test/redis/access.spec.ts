/** Two instances with one Redis: what one knows the other does, once; nothing is lost when Redis or an instance goes away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { AccessService } from '../../src/access/access.service.js';
import { participantKey } from '../../src/access/admission.js';
import { AdmissionStore } from '../../src/access/admission.store.js';
import { RevocationLog } from '../../src/revocations/revocation.log.js';
import { Visitors } from '../support/access.js';
import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { FakeLiveKit } from '../../src/testing/fake-livekit.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { quickest } from '../support/quickest.js';
import { type TemporaryFile, temporaryFile } from '../support/temporary-file.js';

import { RedisServer } from './support/redis.server.js';

const RULES = `
- rooms: ['*']
  callers: { groups: guests }
`;

let issuer: FakeIssuer;
let redis: RedisServer;
let livekit: FakeLiveKit;
let rules: TemporaryFile;
let one: RunningApp;
let other: RunningApp;
let visitors: Visitors;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
});

afterAll(async () => {
  await issuer.stop();
});

beforeEach(async () => {
  redis = await RedisServer.start();
  livekit = await FakeLiveKit.start();
  rules = temporaryFile(RULES);
  const settings = {
    ...issuer.settings,
    REDIS_URL: redis.url,
    LIVEKIT_URL: livekit.url,
    JOIN_RULES_FILE: rules.path,
    ACCESS_RECONCILE: '2s',
  };
  one = await startApp(settings);
  other = await startApp(settings);
  visitors = new Visitors(issuer, livekit, [one, other]);
});

afterEach(async () => {
  await one.close();
  await other.close();
  await livekit.stop();
  await redis.kill();
});

const guest = (sub: string, claims: object = {}) => ({ sub, groups: ['guests'], ...claims });
const accessOf = (service: RunningApp): AccessService => service.app.get(AccessService);
const removals = (): number => livekit.calls.filter(({ method }) => method === 'RemoveParticipant').length;
const knownTo = (service: RunningApp): number => service.app.get(RevocationLog).revision;

describe('two instances', () => {
  it('share admissions, presence and revocations, and remove once', async () => {
    await visitors.enter('room', guest('alice'), one.url);
    expect(await accessOf(other).present('room')).toMatchObject([{ identity: 'alice', rule: 1 }]);
    await accessOf(other).end({ room: 'room', identity: 'alice' }, { banFor: 60 });
    await visitors.gone('room', 'alice');
    await eventually(async () => (await visitors.ask('room', guest('alice'), one.url))[1] === 'ACCESS_REVOKED');
    await visitors.join('room', 'alice', {}, one.url);
    await visitors.gone('room', 'alice');
    expect(removals()).toBe(2);
    expect(await accessOf(one).lift({ room: 'room', identity: 'alice' })).toBe(true);
    await eventually(async () => (await visitors.ask('room', guest('alice'), other.url))[0] === 201);
    expect(await accessOf(other).present('room')).toEqual([]);
  });

  it('remove within 2 s, and know of each other within 1 s', async () => {
    const removed = async (attempt: number): Promise<number> => {
      await visitors.enter('room', guest(`zoe ${attempt}`), one.url);
      await accessOf(other).end({ room: 'room', identity: `zoe ${attempt}` });
      return visitors.gone('room', `zoe ${attempt}`);
    };
    /** The milliseconds until one instance responds in this way. */
    const responds = async (claims: object, expected: unknown): Promise<number> => {
      const begin = performance.now();
      const told = async (): Promise<unknown> => (await visitors.ask('room', { ...claims }, one.url)).at(-1);
      await eventually(async () => (await told()) === expected);
      return performance.now() - begin;
    };
    const known = async (attempt: number): Promise<number> => {
      const scope = { room: 'room', identity: `yara ${attempt}` };
      await accessOf(other).end(scope, { banFor: 60 });
      const banned = await responds(guest(scope.identity), 'ACCESS_REVOKED');
      await accessOf(other).lift(scope);
      const lifted = await responds(guest(scope.identity), 201);
      const session = `session ${attempt}`;
      await accessOf(other).end({ issuer: issuer.url, session }, { cause: 'logout' });
      return Math.max(banned, lifted, await responds(guest('xavier', { sid: session }), 'INVALID_TOKEN'));
    };
    expect(await quickest(2_000, removed)).toBeLessThan(2_000);
    expect(await quickest(1_000, known)).toBeLessThan(1_000);
  });

  it('refuse the access tokens of a session that ended on the other', async () => {
    await visitors.enter('room', guest('bob', { sid: 'one' }), one.url);
    await accessOf(one).end({ issuer: issuer.url, session: 'one' }, { cause: 'logout' });
    await visitors.gone('room', 'bob');
    const refused = async (): Promise<boolean> =>
      (await visitors.ask('room', guest('bob', { sid: 'one' }), other.url))[1] === 'INVALID_TOKEN';
    await eventually(refused);
    expect(await visitors.ask('room', guest('bob', { sid: 'two' }), other.url)).toEqual([201]);
  });

  it('know a revocation from before they started', async () => {
    await accessOf(one).end({ room: 'room', identity: 'carol' }, { banFor: 60 });
    await other.close();
    other = await startApp({ ...issuer.settings, REDIS_URL: redis.url, LIVEKIT_URL: livekit.url });
    // A start does not wait for a Redis that is slow; what it did not say in time is read again.
    await eventually(async () => (await visitors.ask('room', guest('carol'), other.url))[1] === 'ACCESS_REVOKED');
  });

  it('finish what the one that stopped could not', async () => {
    await visitors.enter('room', guest('dave'), one.url);
    await livekit.stop();
    await accessOf(one).end({ room: 'room', identity: 'dave' });
    await one.close();
    await livekit.listen();
    await visitors.gone('room', 'dave');
    expect(removals()).toBe(1);
  });

  it('decide again by changed rules', async () => {
    await visitors.enter('room', guest('erin'), one.url);
    await visitors.enter('room', guest('frank', { groups: ['guests', 'staff'] }), other.url);
    rules.replace(RULES.replace('guests', 'staff'));
    await visitors.gone('room', 'erin');
    await eventually(() => knownTo(one) === knownTo(other));
    expect(visitors.isInside('room', 'frank')).toBe(true);
    expect(removals()).toBe(1);
  });
});

describe('without Redis for a while', () => {
  it('goes on with what is known, and shares it when Redis is back, empty', async () => {
    await visitors.enter('room', guest('gina'), one.url);
    await visitors.enter('hall', guest('henry'), one.url);
    await accessOf(one).end({ room: 'attic', identity: 'ivan' }, { banFor: 60 });
    await eventually(() => knownTo(one) === knownTo(other));
    await redis.kill();
    await accessOf(one).end({ room: 'room', identity: 'gina' }, { banFor: 60 });
    await visitors.gone('room', 'gina');
    const removed = async (attempt: number): Promise<number> => {
      await visitors.enter('lodge', guest(`zoe ${attempt}`), one.url);
      await accessOf(one).end({ room: 'lodge', identity: `zoe ${attempt}` });
      return visitors.gone('lodge', `zoe ${attempt}`);
    };
    expect(await quickest(3_000, removed)).toBeLessThan(3_000);
    expect(await visitors.ask('room', guest('gina'), one.url)).toEqual([403, 'ACCESS_REVOKED']);
    expect(await visitors.ask('attic', guest('ivan'), other.url)).toEqual([403, 'ACCESS_REVOKED']);
    expect(await visitors.ask('hall', guest('henry'), other.url)).toEqual([201]);
    await accessOf(one).end({ room: 'hall', identity: 'judy' });
    await visitors.enter('hall', guest('judy'), one.url);
    await redis.start();
    await eventually(async () => (await visitors.ask('room', guest('gina'), other.url))[1] === 'ACCESS_REVOKED');
    expect(await visitors.ask('attic', guest('ivan'), one.url)).toEqual([403, 'ACCESS_REVOKED']);
    await eventually(async () => (await accessOf(other).present('hall')).length === 2);
    await accessOf(other).end({ room: 'hall', identity: 'henry' });
    await visitors.gone('hall', 'henry');
    expect(visitors.isInside('hall', 'judy')).toBe(true);
  });
});

describe('Redis', () => {
  const PREFIX = 'livekit-token-service:';

  it('gets all revocations again when it has lost its data, however many there are', async () => {
    const count = 1_700;
    const log = one.app.get(RevocationLog);
    const added = Array.from({ length: count }, (_, index) =>
      log.add({ scope: { identity: `user ${index}` }, cause: 'removed' }),
    );
    await Promise.all(added);
    await redis.kill();
    await redis.start();
    await eventually(async () => {
      const known = await redis.query((client) => client.hlen(`${PREFIX}revocations:entries`));
      return known === count;
    });
    await other.close();
    other = await startApp({ ...issuer.settings, REDIS_URL: redis.url, LIVEKIT_URL: livekit.url });
    const covered = (index: number): boolean =>
      other.app.get(RevocationLog).covering({ identity: `user ${index}` }) !== undefined;
    await eventually(() => Array.from({ length: count }, (_, index) => covered(index)).every(Boolean));
  });

  it('keeps the last ten sessions of a participant', async () => {
    for (let session = 0; session < 12; session += 1) {
      await visitors.ask('room', guest('mia', { sid: `S${session}` }), session % 2 === 0 ? one.url : other.url);
    }
    const participant = await one.app.get(AdmissionStore).find(participantKey('room', 'mia'));
    const sessions = participant?.admissions.map(({ caller }) => caller.kind === 'verified' && caller.claims['sid']);
    expect(sessions).toEqual(Array.from({ length: 10 }, (_, index) => `S${index + 2}`));
  });

  it('keeps who is present for as long as that lasts, and forgets who is not known any more', async () => {
    const participant = (identity: string): string => `${PREFIX}access:participant:4:room${identity}`;
    await visitors.enter('room', guest('karl'), one.url);
    await visitors.enter('room', guest('lena'), other.url);
    const within = `${PREFIX}access:within:ilena`;
    expect(await redis.query((client) => client.smembers(within))).toEqual(['4:roomlena']);
    await redis.query(async (client) => {
      await client.del(participant('lena'));
      await client.pexpire(participant('karl'), 60_000);
    });
    const left = (): Promise<number> => redis.query((client) => client.pttl(participant('karl')));
    await eventually(async () => (await left()) > 86_400_000);
    const present = (): Promise<string[]> => redis.query((client) => client.smembers(`${PREFIX}access:present`));
    await eventually(async () => (await present()).join() === '4:roomkarl');
    expect((await accessOf(one).end({ identity: 'lena' })).present).toBe(0);
    expect((await accessOf(one).end({ identity: 'karl' })).present).toBe(1);
    await visitors.gone('room', 'karl');
    expect(await redis.query((client) => client.keys(within))).toEqual([]);
  });
});
