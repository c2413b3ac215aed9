/** Whoever loses the right to be in a room leaves it, and cannot come back with a token from before. */
import { isDeepStrictEqual } from 'node:util';

import { ForbiddenException, Injectable, Module } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type AccessEndedEvent, ADMISSION_EVICTED, OnAccessEnded } from '../src/access/access-events.js';
import { AccessService } from '../src/access/access.service.js';
import { participantKey } from '../src/access/admission.js';
import { AdmissionStore } from '../src/access/admission.store.js';
import type { JoinRequest } from '../src/policy/join-request.js';
import type { JoinTerms } from '../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../src/policy/token-policy.decorator.js';

import { Visitors } from './support/access.js';
import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { parseMetrics, valueOf } from './support/metrics.js';
import { quickest } from './support/quickest.js';
import { type TemporaryFile, temporaryFile } from './support/temporary-file.js';

const RULES = `
- rooms: ['seminar-*']
  callers: { groups: staff }
  grants: { roomAdmin: true }
- rooms: ['seminar-*']
  name: guests
  callers: { groups: guests }
- rooms: [stage]
  callers: { groups: guests }
- rooms: [short]
- rooms: [race, flaky, crowd]
`;

@Injectable()
class Ends {
  readonly seen: AccessEndedEvent[] = [];

  @OnAccessEnded()
  ended(event: AccessEndedEvent): void {
    this.seen.push(event);
  }
}

/** Access to the room `short` ends after 1.5 s. */
@Injectable()
@TokenPolicy()
class ShortStay implements TokenPolicyProvider {
  endsAt = 0;

  decide({ room, admittedAt = Date.now() }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room !== 'short') return terms;
    this.endsAt = admittedAt + 1_500;
    return { ...terms, endsAt: this.endsAt };
  }
}

/** Lets something happen while requests for the room `race` are decided. */
@Injectable()
@TokenPolicy()
class Meanwhile implements TokenPolicyProvider {
  decisions = 0;
  happens: () => Promise<unknown> = () => Promise.resolve();

  async decide({ room }: JoinRequest, terms: JoinTerms): Promise<JoinTerms> {
    if (room !== 'race') return terms;
    this.decisions += 1;
    await this.happens();
    return terms;
  }
}

/** Fails about the room `flaky`, or refuses. */
@Injectable()
@TokenPolicy()
class Flaky implements TokenPolicyProvider {
  failure: Error | undefined;

  decide({ room }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room === 'flaky' && this.failure !== undefined) throw this.failure;
    return terms;
  }
}

/** Takes a millisecond for each participant of the room `crowd` who is decided about again. */
@Injectable()
@TokenPolicy()
class Thorough implements TokenPolicyProvider {
  decisions = 0;

  decide({ room, admittedAt }: JoinRequest, terms: JoinTerms): JoinTerms {
    if (room !== 'crowd' || admittedAt === undefined) return terms;
    this.decisions += 1;
    const end = performance.now() + 1;
    while (performance.now() < end);
    return terms;
  }
}

@Module({ providers: [Ends, ShortStay, Meanwhile, Flaky, Thorough], exports: [Ends] })
class TeamModule {}

let issuer: FakeIssuer;
let livekit: FakeLiveKit;
let rules: TemporaryFile;
let service: RunningApp;
let visitors: Visitors;
let access: AccessService;
let ends: Ends;

beforeAll(async () => {
  issuer = await FakeIssuer.start();
  livekit = await FakeLiveKit.start();
  rules = temporaryFile(RULES);
  service = await startApp(
    { ...issuer.settings, LIVEKIT_URL: livekit.url, JOIN_RULES_FILE: rules.path, ACCESS_RECONCILE: '1s' },
    { modules: [TeamModule] },
  );
  visitors = new Visitors(issuer, livekit, [service]);
  access = service.app.get(AccessService);
  ends = service.app.get(Ends);
});

afterAll(async () => {
  await service.close();
  await livekit.stop();
  await issuer.stop();
});

const guest = (sub: string, claims: object = {}) => ({ sub, groups: ['guests'], ...claims });
const endsOf = (identity: string): AccessEndedEvent[] => ends.seen.filter((event) => event.identity === identity);
/** The service publishes an end after LiveKit has removed the participant. */
const causesOf = (identity: string): Promise<string[]> =>
  eventually(() => endsOf(identity).length > 0 && endsOf(identity).map(({ cause }) => cause));
const removalsOf = (identity: string): number =>
  livekit.calls.filter(({ method, body }) => method === 'RemoveParticipant' && body['identity'] === identity).length;

describe('a participant who is removed', () => {
  it('is out within a second, with an event, a line of the audit log and a metric', async () => {
    await visitors.enter('seminar-1', guest('alice'));
    await visitors.enter('seminar-1', guest('bob'));
    const { present } = await access.end({ room: 'seminar-1', identity: 'alice' }, { reason: 'spam' });
    expect(present).toBe(1);
    await visitors.gone('seminar-1', 'alice');
    const event = { room: 'seminar-1', identity: 'alice', cause: 'removed', reason: 'spam', ruleName: 'guests' };
    await eventually(() => endsOf('alice').length === 1);
    expect(endsOf('alice')).toEqual([expect.objectContaining({ ...event, caller: `${issuer.url} alice` })]);
    const line = service.output.lines().find(({ message, identity }) => message === 'ended' && identity === 'alice');
    expect(line).toMatchObject({ context: 'Access', ...event });
    const samples = parseMetrics(await (await fetch(`${service.url}/metrics`)).text());
    expect(valueOf(samples, 'livekit_access_ended_total', { cause: 'removed' })).toBe(1);
    expect(visitors.isInside('seminar-1', 'bob')).toBe(true);
    const once = async (attempt: number): Promise<number> => {
      const identity = `adam ${attempt}`;
      await visitors.enter('seminar-1', guest(identity));
      await access.end({ room: 'seminar-1', identity });
      return visitors.gone('seminar-1', identity);
    };
    expect(await quickest(1_000, once)).toBeLessThan(1_000);
  });

  it('is removed again as often as an old token is used, and stays with a new one', async () => {
    await visitors.enter('seminar-2', guest('carol'));
    await access.end({ room: 'seminar-2', identity: 'carol' });
    await visitors.gone('seminar-2', 'carol');
    for (let count = 2; count <= 3; count += 1) {
      await visitors.join('seminar-2', 'carol');
      await visitors.gone('seminar-2', 'carol');
      expect(removalsOf('carol')).toBe(count);
    }
    await visitors.enter('seminar-2', guest('carol'));
    await access.end({ room: 'seminar-2', identity: 'somebody else' });
    await rounds(2);
    expect(visitors.isInside('seminar-2', 'carol')).toBe(true);
  });
});

describe('a ban', () => {
  it('refuses tokens with 403 ACCESS_REVOKED until it is lifted', async () => {
    const scope = { room: 'seminar-3', identity: 'dave' };
    await visitors.enter('seminar-3', guest('dave'));
    await access.end(scope, { banFor: 3600 });
    await visitors.gone('seminar-3', 'dave');
    expect(await visitors.ask('seminar-3', guest('dave'))).toEqual([403, 'ACCESS_REVOKED']);
    expect(await visitors.ask('seminar-4', guest('dave'))).toEqual([201]);
    expect(await access.lift({ room: 'seminar-3', identity: 'erin' })).toBe(false);
    expect(await access.lift(scope)).toBe(true);
    expect(await visitors.ask('seminar-3', guest('dave'))).toEqual([201]);
    expect(await access.lift(scope)).toBe(false);
  });

  it('is counted and logged as a refusal', async () => {
    await access.end({ room: 'seminar-3', identity: 'judy' }, { banFor: 3600 });
    await visitors.ask('seminar-3', guest('judy'));
    const refused = service.output
      .lines()
      .find(({ message, identity }) => message === 'refused' && identity === 'judy');
    expect(refused).toMatchObject({ code: 'ACCESS_REVOKED', status: 403, room: 'seminar-3' });
  });
});

describe("a caller's session that is ended", () => {
  it('is out of every room, its access tokens are refused, and other sessions stay', async () => {
    const phone = guest('frank', { sid: 'phone' });
    const laptop = guest('frank', { sid: 'laptop' });
    await visitors.enter('seminar-5', phone);
    await visitors.enter('seminar-6', laptop);
    await access.end({ issuer: issuer.url, session: 'phone' }, { cause: 'logout' });
    await visitors.gone('seminar-5', 'frank');
    expect(await visitors.ask('seminar-5', phone)).toEqual([401, 'INVALID_TOKEN']);
    expect(await visitors.ask('seminar-5', laptop)).toEqual([201]);
    expect(visitors.isInside('seminar-6', 'frank')).toBe(true);
    expect(await causesOf('frank')).toEqual(['logout']);
  });

  it('may be in a room on the terms of another session', async () => {
    await visitors.ask('seminar-5', guest('grace', { sid: 'phone-2' }));
    await visitors.enter('seminar-5', guest('grace', { sid: 'laptop-2' }));
    await access.end({ issuer: issuer.url, session: 'laptop-2' });
    await rounds(2);
    expect(visitors.isInside('seminar-5', 'grace')).toBe(true);
    await access.end({ issuer: issuer.url, session: 'phone-2' });
    await visitors.gone('seminar-5', 'grace');
  });
});

describe('a caller who logs out of all sessions', () => {
  it('is out, and access tokens that were issued until then are refused', async () => {
    const now = Math.floor(Date.now() / 1000);
    await visitors.enter('seminar-7', guest('heidi', { iat: now - 10 }));
    await access.end({ issuer: issuer.url, subject: 'heidi' }, { cause: 'logout', tokensIssuedUntil: now - 5 });
    await visitors.gone('seminar-7', 'heidi');
    expect(await visitors.ask('seminar-7', guest('heidi', { iat: now - 5 }))).toEqual([401, 'INVALID_TOKEN']);
    expect(await visitors.ask('seminar-7', guest('heidi', { iat: now - 4 }))).toEqual([201]);
  });
});

describe('endsAt', () => {
  it('is when the participant leaves, once', async () => {
    const policy = service.app.get(ShortStay, { strict: false });
    /** The milliseconds from the end of access until the participant is out. */
    const late = async (attempt: number): Promise<number> => {
      const identity = `ivan ${attempt}`;
      await visitors.enter('short', { sub: identity });
      const { endsAt } = policy;
      await visitors.gone('short', identity);
      const since = Date.now() - endsAt;
      expect(since).toBeGreaterThanOrEqual(0);
      return since;
    };
    expect(await quickest(1_000, late)).toBeLessThan(1_000);
    await rounds(2);
    expect(removalsOf('ivan 1')).toBe(1);
    expect(await causesOf('ivan 1')).toEqual(['expired']);
  });
});

describe('a webhook that is lost', () => {
  it('is made up for: a token from before does not let anybody stay, and who is present becomes known', async () => {
    await visitors.ask('seminar-8', guest('kate'));
    await visitors.ask('seminar-8', guest('leo'));
    await access.end({ room: 'seminar-8', identity: 'kate' });
    livekit.join('seminar-8', 'kate');
    livekit.join('seminar-8', 'leo');
    await visitors.gone('seminar-8', 'kate');
    await eventually(async () => (await access.present('seminar-8')).some(({ identity }) => identity === 'leo'));
    livekit.leave('seminar-8', 'leo');
    await eventually(async () => (await access.present('seminar-8')).length === 0);
  });

  it('or is late and repeated removes nobody who may be there', async () => {
    const before = await visitors.enter('seminar-9', guest('mona'));
    await access.end({ room: 'seminar-9', identity: 'mona' });
    await visitors.gone('seminar-9', 'mona');
    await visitors.enter('seminar-9', guest('mona'));
    await visitors.tell('participant_joined', 'seminar-9', before);
    await visitors.tell('participant_left', 'seminar-9', before);
    await visitors.tell('room_finished', 'seminar-9');
    await rounds(2);
    expect(visitors.isInside('seminar-9', 'mona')).toBe(true);
    expect((await access.present('seminar-9')).map(({ identity }) => identity)).toEqual(['mona']);
  });
});

describe('a connection by `publish`, which LiveKit names `alice#camera`', () => {
  const publishing = { canSubscribe: false };

  it('belongs to the participant whose token opened it: both leave, and neither comes back', async () => {
    await visitors.enter('seminar-13', guest('olga'));
    await visitors.enter('seminar-13', guest('olga#2'));
    const camera = await visitors.join('seminar-13', 'olga#camera', publishing);
    // Its webhook is lost.
    livekit.join('seminar-13', 'olga#screen#1', publishing);
    const connections = async (): Promise<unknown> => {
      const found = await service.app.get(AdmissionStore).find(participantKey('seminar-13', 'olga'));
      return [...(found?.connections.keys() ?? [])].toSorted();
    };
    const screen = 'PA_olga-screen-1#screen#1';
    await eventually(async () => isDeepStrictEqual(await connections(), ['PA_olga', `${camera.sid}#camera`, screen]));
    const present = (await access.present('seminar-13')).map(({ identity }) => identity);
    expect(present.toSorted()).toEqual(['olga', 'olga#2']);
    await visitors.leave('seminar-13', camera);
    expect(await connections()).toEqual(['PA_olga', screen]);
    await visitors.join('seminar-13', 'olga#camera', publishing);
    await access.end({ room: 'seminar-13', identity: 'olga' });
    for (const identity of ['olga', 'olga#camera', 'olga#screen#1']) await visitors.gone('seminar-13', identity);
    await visitors.join('seminar-13', 'olga#camera', publishing);
    await visitors.gone('seminar-13', 'olga#camera');
    await rounds(2);
    expect(visitors.isInside('seminar-13', 'olga#2')).toBe(true);
    expect(await connections()).toEqual([]);
  });
});

describe('participants without an admission', () => {
  it('are left alone and counted', async () => {
    await visitors.join('seminar-10', 'agent');
    await eventually(async () => {
      const samples = parseMetrics(await (await fetch(`${service.url}/metrics`)).text());
      return valueOf(samples, 'livekit_access_unadmitted_participants') === 1;
    });
    expect(visitors.isInside('seminar-10', 'agent')).toBe(true);
    livekit.leave('seminar-10', 'agent');
  });
});

describe('a LiveKit that is away', () => {
  it('removes within two seconds of its return', async () => {
    const complaints = (): number =>
      service.output.lines().filter(({ message }) => String(message).startsWith('LiveKit cannot be')).length;
    /** The milliseconds from the return of LiveKit until both are out. */
    const once = async (attempt: number): Promise<number> => {
      const identities = [`nina ${attempt}`, `olaf ${attempt}`];
      for (const identity of identities) await visitors.enter('seminar-11', guest(identity));
      await livekit.stop();
      const before = complaints();
      for (const identity of identities) await access.end({ identity });
      await eventually(() => complaints() > before);
      await livekit.listen();
      const begin = performance.now();
      for (const identity of identities) await visitors.gone('seminar-11', identity);
      return performance.now() - begin;
    };
    expect(await quickest(2_000, once)).toBeLessThan(2_000);
  });
});

describe('other join rules', () => {
  it('remove those whom they refuse, change the grants of others, and correct a return with wider grants', async () => {
    await visitors.enter('stage', guest('paul'));
    await visitors.enter('stage', guest('quinn', { groups: ['guests', 'speakers'] }));
    await visitors.join('stage', 'quinn#camera', { canSubscribe: false });
    await visitors.enter('seminar-12', guest('rosa'));
    await visitors.enter('seminar-12', guest('sam', { groups: ['staff'] }));
    await visitors.ask('stage', guest('tina'));
    const kept = RULES.replace(
      '[stage]\n  callers: { groups: guests }',
      '[stage]\n  callers: { groups: speakers }\n  grants: { canPublish: false }',
    );
    rules.replace(kept.replace('{ roomAdmin: true }', '{ roomAdmin: false }'));
    await visitors.gone('stage', 'paul');
    // LiveKit's permission has no roomAdmin: only a removal takes it.
    await visitors.gone('seminar-12', 'sam');
    await eventually(() => livekit.participant('stage', 'quinn')?.permission?.canPublish === false);
    await eventually(() => livekit.participant('stage', 'quinn#camera')?.permission?.canPublish === false);
    expect(livekit.participant('stage', 'quinn#camera')?.permission?.canSubscribe).toBe(false);
    await visitors.join('stage', 'quinn');
    await eventually(() => livekit.participant('stage', 'quinn')?.permission?.canPublish === false);
    // Her token is from before the change.
    await visitors.join('stage', 'tina');
    await visitors.gone('stage', 'tina');
    await rounds(2);
    expect(await causesOf('paul')).toEqual(['rules']);
    expect([visitors.isInside('stage', 'quinn'), visitors.isInside('seminar-12', 'rosa')]).toEqual([true, true]);
    expect(await visitors.ask('stage', guest('paul'))).toEqual([403, 'ROOM_NOT_ALLOWED']);
  });
});

describe('a revocation that comes while a request is decided', () => {
  const race = async (end: () => Promise<unknown>, times: number, claims: Record<string, unknown>) => {
    const meanwhile = service.app.get(Meanwhile, { strict: false });
    const before = meanwhile.decisions;
    meanwhile.happens = async () => (meanwhile.decisions - before <= times ? end() : undefined);
    const answer = await visitors.ask('race', claims);
    return [...answer, meanwhile.decisions - before];
  };
  const scope = { room: 'race', identity: 'uma' };

  it('has it decided once more: merely removed, as usual', async () => {
    expect(await race(() => access.end(scope), 1, { sub: 'uma' })).toEqual([201, 1 + 1]);
    expect(await race(() => access.end({ room: 'race', identity: 'vera' }), 1, { sub: 'uma' })).toEqual([201, 1]);
  });

  it('refuses a ban with 403 and a revoked session with 401', async () => {
    expect(await race(() => access.end(scope, { banFor: 60 }), 1, { sub: 'uma' })).toEqual([403, 'ACCESS_REVOKED', 1]);
    const session = { issuer: issuer.url, session: 'race' };
    const claims = { sub: 'wendy', sid: 'race' };
    expect(await race(() => access.end(session), 1, claims)).toEqual([401, 'INVALID_TOKEN', 1]);
  });

  it('and again while it is decided once more is 503', async () => {
    const end = (): Promise<unknown> => access.end({ room: 'race', identity: 'xena' });
    expect(await race(end, 2, { sub: 'xena' })).toEqual([503, 'POLICY_FAILED', 2]);
  });
});

describe('a policy that fails when admissions are decided again', () => {
  it('decides nothing, and is asked again', async () => {
    const flaky = service.app.get(Flaky, { strict: false });
    await visitors.enter('flaky', guest('yves'));
    const undecided = (): number =>
      service.output
        .lines()
        .filter(({ message, undecided: count }) => message === 'Admissions were decided again' && Number(count) > 0)
        .length;
    flaky.failure = new Error('the database is away');
    rules.replace(`${RULES}- rooms: [elsewhere]\n`);
    await eventually(() => undecided() >= 2);
    expect([visitors.isInside('flaky', 'yves'), endsOf('yves')]).toEqual([true, []]);
    flaky.failure = new ForbiddenException();
    await visitors.gone('flaky', 'yves');
    expect(await causesOf('yves')).toEqual(['rules']);
  });
});

describe('many who are decided about again', () => {
  it('hold the event loop for a few milliseconds at a time', async () => {
    const count = 60;
    for (let index = 0; index < count; index += 1) await visitors.enter('crowd', { sub: `guest ${index}` });
    const thorough = service.app.get(Thorough, { strict: false });
    const before = thorough.decisions;
    let mostInATurn = 0;
    let known = before;
    let turn = setImmediate(function look() {
      mostInATurn = Math.max(mostInATurn, thorough.decisions - known);
      known = thorough.decisions;
      turn = setImmediate(look);
    });
    rules.replace(`${RULES}- rooms: [nowhere]\n`);
    await eventually(() => known - before >= count);
    clearImmediate(turn);
    expect(mostInATurn).toBeGreaterThan(0);
    expect(mostInATurn).toBeLessThanOrEqual(8);
  });
});

describe('a process', () => {
  it('counts the admissions that it had to forget', async () => {
    service.app.get(EventEmitter2).emit(ADMISSION_EVICTED);
    const samples = parseMetrics(await (await fetch(`${service.url}/metrics`)).text());
    expect(valueOf(samples, 'livekit_access_admissions_evicted_total')).toBe(1);
  });

  it('warns once in production that a restart forgets without Redis', async () => {
    const production = {
      NODE_ENV: 'production',
      LIVEKIT_API_KEY: 'APIabc',
      LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-characters',
    };
    const settings = { ...issuer.settings, ...production, LIVEKIT_URL: livekit.url, ACCESS_RECONCILE: '0' };
    const own = await startApp(settings);
    const warnings = own.output.lines().filter(({ context, level }) => context === 'Access' && level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('REDIS_URL is not set')]);
    await own.close();
  });
});

/** Waits for comparisons with LiveKit that begin after this. */
async function rounds(count: number): Promise<void> {
  const done = (): number => livekit.calls.filter(({ method }) => method === 'ListRooms').length;
  const until = done() + count;
  await eventually(() => done() >= until);
}
