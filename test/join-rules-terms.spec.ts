/** What a join rule can say beside grants: claims by path, times, the end of access, identity, fields and settings of the room. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { setClock, takeClock } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { type LiveKitClaims, verifyToken } from '../src/testing/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';

const RULES = `
defaults: { ttl: 10m }
rules:
  - name: office
    rooms: ['office']
    when: { days: mon-fri, from: '08:00', to: '18:00', zone: Europe/Berlin }
  - rooms: ['night Europe/Berlin']
    when: { from: '22:00', to: '03:00', zone: Europe/Berlin }
  - rooms: ['night America/New_York']
    when: { from: '22:00', to: '03:00', zone: America/New_York }
  - rooms: ['night Australia/Lord_Howe']
    when: { from: '22:00', to: '03:00', zone: Australia/Lord_Howe }
  - rooms: ['leap day']
    when: { from: '22:00', to: '03:00', fromDate: 2028-02-29, toDate: 2028-02-29, zone: UTC }
  - name: meeting
    rooms: ['meeting']
    stay: 5m
  - name: staff
    rooms: ['staff-*']
    callers: { realm_access.roles: [host, staff] }
    except: { groups: suspended }
    identity: '\${tenant}:\${sub}'
    metadata: '{"by":"rules"}'
    attributes: { role: host, team: '\${groups[0]}' }
    room:
      maxParticipants: 20
      emptyTimeout: 5m
      departureTimeout: 30s
      agents: [{ agentName: scribe, metadata: notes }]
  - name: vouched
    rooms: ['vouched']
    metadata: 'of \${team}'
`;

describe('a join rule', () => {
  let issuer: FakeIssuer;
  let service: RunningApp;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
    const { path: JOIN_RULES_FILE } = temporaryFile(RULES);
    service = await startApp({ ...issuer.settings, JOIN_RULES_FILE, CLIENT_FIELDS: 'metadata,attributes,agents' });
  });
  afterAll(async () => {
    await service.close();
    await issuer.stop();
  });

  const ask = async (body: object, claims: Record<string, unknown> = {}): Promise<Response> =>
    service.post('/livekit/token', body, { authorization: `Bearer ${await issuer.sign({ sub: 'alice', ...claims })}` });
  const tokenOf = async (response: Response): Promise<LiveKitClaims> => {
    expect(response.status).toBe(201);
    const { participant_token: token } = (await response.json()) as Record<string, string>;
    return verifyToken(token ?? '');
  };
  const codeOf = async (response: Response): Promise<unknown> => {
    const { code } = (await response.json()) as Record<string, unknown>;
    return [response.status, code];
  };
  const staff = { realm_access: { roles: ['viewer', 'staff'] }, tenant: 'acme', groups: ['red', 'blue'] };

  describe('with when', () => {
    takeClock();

    it('does not match outside of its times', async () => {
      setClock('2026-11-25T17:00:00Z');
      expect(await codeOf(await ask({ room_name: 'office' }))).toEqual([403, 'ROOM_NOT_ALLOWED']);
    });

    it('gives tokens that do not outlive its times', async () => {
      setClock('2026-11-25T16:57:30Z');
      const { exp } = await tokenOf(await ask({ room_name: 'office' }));
      expect(exp).toBe(Date.parse('2026-11-25T17:00:00Z') / 1000);
      const line = service.output.lines().findLast(({ message }) => message === 'issued');
      expect(line).toMatchObject({ ruleName: 'office', endsAt: Date.parse('2026-11-25T17:00:00Z'), ttl: 150 });
    });
  });

  describe('with when across midnight and a change of the clock', () => {
    takeClock();

    it.each([
      ['night Europe/Berlin', '2026-03-29T01:00:00Z', 4],
      ['night Europe/Berlin', '2026-10-25T02:00:00Z', 6],
      ['night America/New_York', '2026-03-08T07:00:00Z', 4],
      ['night America/New_York', '2026-11-01T08:00:00Z', 6],
      ['night Australia/Lord_Howe', '2026-10-03T16:00:00Z', 4.5],
      ['night Australia/Lord_Howe', '2026-04-04T16:30:00Z', 5.5],
      ['leap day', '2028-03-01T03:00:00Z', 5],
    ])('%s admits until %s, for %d hours', async (room, endsAt, hours) => {
      const end = Date.parse(endsAt);
      const at = (ms: number): Promise<Response> => {
        setClock(new Date(ms).toISOString());
        return ask({ room_name: room });
      };
      expect((await at(end - hours * 3_600_000 - 1000)).status).toBe(403);
      const { exp = 0, nbf = 0 } = await tokenOf(await at(end - hours * 3_600_000));
      expect(exp - nbf).toBe(600);
      expect((await tokenOf(await at(end - 120_000))).exp).toBe(end / 1000);
      expect(service.output.lines().findLast(({ message }) => message === 'issued')).toMatchObject({ endsAt: end });
      expect((await at(end)).status).toBe(403);
    });
  });

  it('with stay shorter than the ttl shortens the token', async () => {
    const { exp = 0, nbf = 0 } = await tokenOf(await ask({ room_name: 'meeting' }));
    expect(exp - nbf).toBeGreaterThanOrEqual(299);
    expect(exp - nbf).toBeLessThanOrEqual(300);
  });

  it('reads nested claims, and signs identity, fields and settings of the room', async () => {
    const claims = await tokenOf(await ask({ room_name: 'staff-1' }, staff));
    expect(claims).toMatchObject({
      sub: 'acme:alice',
      metadata: '{"by":"rules"}',
      attributes: { role: 'host', team: 'red' },
      roomConfig: {
        maxParticipants: 20,
        emptyTimeout: 300,
        departureTimeout: 30,
        agents: [{ agentName: 'scribe', metadata: 'notes' }],
      },
    });
    expect(Object.keys(claims['roomConfig'] as object).sort()).toEqual([
      'agents',
      'departureTimeout',
      'emptyTimeout',
      'maxParticipants',
    ]);
  });

  it('wins over fields of the client, and adds to its agents', async () => {
    const body = {
      room_name: 'staff-1',
      participant_metadata: 'mine',
      participant_attributes: { role: 'admin', colour: 'green' },
      room_config: { agents: [{ agent_name: 'scribe', metadata: 'mine' }, { agent_name: 'helper' }] },
    };
    const claims = await tokenOf(await ask(body, staff));
    expect(claims).toMatchObject({
      metadata: '{"by":"rules"}',
      attributes: { role: 'host', team: 'red', colour: 'green' },
      roomConfig: { agents: [{ agentName: 'scribe', metadata: 'notes' }, { agentName: 'helper' }] },
    });
  });

  it('leaves out what has a claim that is missing, and takes nothing of the client in its place', async () => {
    const { groups: _groups, ...others } = staff;
    const asked = { room_name: 'staff-1', participant_attributes: { team: 'red', colour: 'green' } };
    expect((await tokenOf(await ask(asked, others))).attributes).toEqual({ role: 'host', colour: 'green' });
    const claims = await tokenOf(await ask({ room_name: 'vouched', participant_metadata: 'admin' }));
    expect(claims.metadata).toBeUndefined();
    const named = await tokenOf(await ask({ room_name: 'vouched', participant_metadata: 'admin' }, { team: 'blue' }));
    expect(named.metadata).toBe('of blue');
  });

  it.each([
    ['whom except names', { ...staff, groups: ['red', 'suspended'] }, [403, 'ROOM_NOT_ALLOWED']],
    ['whose claim contains the separator of the identity', { ...staff, tenant: 'ac:me' }, [403, 'IDENTITY_AMBIGUOUS']],
    ['whose claim in the identity is empty', { ...staff, tenant: '' }, [403, 'IDENTITY_AMBIGUOUS']],
    ['whose identity would be too long', { ...staff, tenant: 'x'.repeat(251) }, [403, 'IDENTITY_AMBIGUOUS']],
    ['with a nested claim of another form', { ...staff, realm_access: { roles: { a: 1 } } }, [403, 'ROOM_NOT_ALLOWED']],
    ['with a claim on the prototype alone', { ...staff, realm_access: {} }, [403, 'ROOM_NOT_ALLOWED']],
  ])('refuses a caller %s', async (_who, claims, expected) => {
    expect(await codeOf(await ask({ room_name: 'staff-1' }, claims))).toEqual(expected);
  });

  it('refuses fields that are too large together with those of the client', async () => {
    const body = { room_name: 'staff-1', participant_attributes: { colour: 'x'.repeat(4070) } };
    expect(await codeOf(await ask(body, staff))).toEqual([400, 'FIELDS_TOO_LARGE']);
  });

  it('refuses more agents than a token may have', async () => {
    const agents = Array.from({ length: 10 }, (_, index) => ({ agent_name: `a${index}` }));
    expect(await codeOf(await ask({ room_name: 'staff-1', room_config: { agents } }, staff))).toEqual([
      400,
      'FIELD_INVALID',
    ]);
  });
});

describe('fields of a rule', () => {
  it('are not subject to CLIENT_FIELDS, which keeps those of clients out', async () => {
    const rules = temporaryFile(
      '[{ rooms: [a], metadata: m, attributes: { role: host }, room: { agents: [{ agentName: x }] } }]',
    );
    const service = await startApp({ JOIN_RULES_FILE: rules.path, CLIENT_FIELDS: 'none' });
    const response = await service.post('/livekit/token', { room_name: 'a' });
    const { participant_token: token } = (await response.json()) as Record<string, string>;
    expect(await verifyToken(token ?? '')).toMatchObject({
      metadata: 'm',
      attributes: { role: 'host' },
      roomConfig: { agents: [{ agentName: 'x' }] },
    });
    const refused = await service.post('/livekit/token', { room_name: 'a', participant_metadata: 'mine' });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'FIELD_NOT_ALLOWED' }]);
    await service.close();
  });
});

describe('JOIN_RULES_SHADOW_FILE', () => {
  it('is compared with the rules in force, and changes nothing', async () => {
    const live = temporaryFile('[{ rooms: [a, b] }, { rooms: [d], grants: { canPublish: false } }]');
    const shadow = temporaryFile('[{ rooms: [a, c] }, { rooms: [d] }]');
    const service = await startApp({ JOIN_RULES_FILE: live.path, JOIN_RULES_SHADOW_FILE: shadow.path });
    const statuses: number[] = [];
    for (const roomName of ['a', 'b', 'c', 'd', 'e']) {
      statuses.push((await service.post('/token', { roomName, participantName: 'p' })).status);
    }
    expect(statuses).toEqual([200, 200, 403, 200, 403]);
    const lines = service.output.lines().filter(({ context, level }) => context === 'ShadowRules' && level === 'warn');
    expect(lines).toMatchObject([
      { outcome: 'would_refuse', room: 'b', identity: 'p', rule: 1, requestId: expect.any(String) },
      { outcome: 'would_allow', room: 'c', shadowRule: 1 },
      { outcome: 'other_terms', room: 'd', rule: 2, shadowRule: 2 },
    ]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const [outcome, count] of Object.entries({ same: 2, would_refuse: 1, would_allow: 1, other_terms: 1 })) {
      expect(metrics).toContain(`livekit_join_rules_shadow_total{outcome="${outcome}"} ${count}`);
    }
    await service.close();
  });

  it('is read again when it changes, and stays as it was when it is broken', async () => {
    const live = temporaryFile('[{ rooms: [a] }]');
    const shadow = temporaryFile('[{ rooms: [a] }]');
    const service = await startApp({ JOIN_RULES_FILE: live.path, JOIN_RULES_SHADOW_FILE: shadow.path });
    const outcomes = async (): Promise<unknown[]> => {
      expect((await service.post('/token', { roomName: 'a', participantName: 'p' })).status).toBe(200);
      const lines = service.output
        .lines()
        .filter(({ context, level }) => context === 'ShadowRules' && level === 'warn');
      return lines.map(({ outcome }) => outcome);
    };
    const logged = (text: string): number => service.output.text().split(text).length - 1;
    expect(await outcomes()).toEqual([]);

    shadow.replace('[{ rooms: [b] }]');
    await eventually(() => logged('JOIN_RULES_SHADOW_FILE was read') === 2);
    expect(await outcomes()).toEqual(['would_refuse']);

    shadow.replace('[{ rooms: [] }]');
    await eventually(() => logged('JOIN_RULES_SHADOW_FILE is invalid') === 1);
    expect(await outcomes()).toEqual(['would_refuse', 'would_refuse']);
    await service.close();
  });

  it.each([
    ['without JOIN_RULES_FILE', '[{ rooms: [a] }]', /JOIN_RULES_SHADOW_FILE must be set together/, false],
    ['with an error', '[{ rooms: [] }]', /JOIN_RULES_SHADOW_FILE rule 1: rooms/, true],
  ])('stops the start %s', async (_what, content, message, withLive) => {
    const settings: Record<string, string> = withLive
      ? { JOIN_RULES_FILE: temporaryFile('[{ rooms: [a] }]').path }
      : {};
    await expect(startApp({ ...settings, JOIN_RULES_SHADOW_FILE: temporaryFile(content).path })).rejects.toThrow(
      message,
    );
  });
});
