/** What `npm run doctor -- --token FILE` says of an access token: what it lacks, and which rules admit its bearer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import type { JWTPayload } from 'jose';

import { Doctor } from '../src/doctor/doctor.service.js';
import { TokenDoctorModule } from '../src/doctor/token-doctor.module.js';

import { setEnvironment } from '../src/testing/environment.js';
import { AUDIENCE, FakeIssuer, INTROSPECTION_CLIENT } from '../src/testing/fake-issuer.js';
import { temporaryFile } from './support/temporary-file.js';

type Settings = Record<string, string>;

/** Claims about a person; no output may contain one of them. */
const PERSON = {
  sub: 'user-of-the-token',
  name: 'Alice Liddell',
  email: 'alice@acme.example',
  groups: ['secret-group'],
};
const PRIVATE = /user-of-the-token|Alice|alice|secret-group|hunter2|eyJ|tenant-of-hers/;

let issuer: FakeIssuer;
let other: FakeIssuer;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  other = await FakeIssuer.start();
});
afterAll(async () => {
  await issuer.stop();
  await other.stop();
});

/** The findings of the check `token`, as `level: sentence`. */
async function examine(token: string, settings: Settings = issuer.settings): Promise<string[]> {
  setEnvironment(settings);
  const imports = [TokenDoctorModule.of(temporaryFile(`${token}\n`).path)];
  const module = await Test.createTestingModule({ imports }).compile();
  module.useLogger(false);
  await module.init();
  const lines: string[] = [];
  for await (const { check, level, found, advice } of module.get(Doctor).examine()) {
    expect(`${found} ${advice}`).not.toMatch(PRIVATE);
    if (token.length > 10) expect(`${found} ${advice}`).not.toContain(token);
    if (level === 'fault') expect(advice).toMatch(/\w.*\.$/);
    if (check === 'token') lines.push(`${level}: ${found}`);
  }
  await module.close();
  return lines;
}

const sign = (claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> =>
  issuer.sign({ ...PERSON, ...claims }, header);

const faultsOf = async (token: string, settings?: Settings): Promise<string[]> =>
  (await examine(token, settings)).filter((line) => line.startsWith('fault: '));

const matching = (...expected: RegExp[]): unknown => expected.map((line) => expect.stringMatching(line));

const providersFile = (...entries: object[]): Settings => ({
  AUTH_MODE: 'oidc',
  OIDC_PROVIDERS_FILE: temporaryFile(JSON.stringify(entries)).path,
});

const introspection = {
  clientId: INTROSPECTION_CLIENT.clientId,
  clientSecretFile: temporaryFile(INTROSPECTION_CLIENT.secret).path,
};

describe('a token that is accepted', () => {
  it('is said to be, without rules for every room', async () => {
    expect(await examine(await sign())).toEqual([
      'ok: The provider of OIDC_ISSUER accepts the token.',
      'ok: JOIN_RULES_FILE is not set: the bearer may join every room.',
    ]);
  });

  it('may stand behind the word Bearer', async () => {
    expect(await faultsOf(`Bearer ${await sign()}`)).toEqual([]);
  });

  it('is judged by the provider of its issuer', async () => {
    const settings = providersFile(
      { name: 'staff', issuer: issuer.url, audience: AUDIENCE, identity: 'staff:${sub}' },
      { name: 'guests', issuer: other.url, clientIds: ['web'], identity: 'guest:${sub}' },
    );
    expect(await examine(await sign(), settings)).toContain('ok: The provider staff accepts the token.');
    expect(await faultsOf(await other.sign({ ...PERSON, azp: 'app' }), settings)).toEqual(
      matching(/client: .* is "app"; accepted is web\./),
    );
    // Of a token that names another issuer than it was signed by, only the signature is wrong.
    expect(await faultsOf(await other.sign({ ...PERSON, iss: issuer.url, azp: 'web' }), settings)).toEqual(
      matching(/signature: .*key \(kid\)|signature: the token was not signed/),
    );
  });
});

describe('what a token lacks', () => {
  it.each<[string, JWTPayload, Settings, RegExp]>([
    [
      'the issuer',
      { iss: 'https://id.example' },
      {},
      /issuer: iss is "https:\/\/id\.example", which is not configured/,
    ],
    ['any issuer', { iss: undefined }, {}, /no issuer \(iss\)/],
    ['the audience', { aud: ['account', 'x'] }, {}, /audience: aud is \["account","x"\]; accepted is livekit-token/],
    ['any audience', { aud: undefined }, {}, /audience: aud is missing/],
    ['the client', { azp: 'app' }, { OIDC_CLIENT_IDS: 'web,cli' }, /client: .* is "app"; accepted is web or cli/],
    ['being an access token', { typ: 'ID' }, {}, /type: this is an ID token/],
    ['being no refresh token', { typ: 'Refresh' }, {}, /type: this is a refresh token/],
    ['the header type', {}, { OIDC_TOKEN_TYPE: 'at+jwt' }, /type: the header typ is not at\+jwt/],
    ['time', { exp: Math.floor(Date.now() / 1000) - 600 }, {}, /expiry: the token expired 10 minutes ago/],
    ['a beginning', { nbf: 9_999_999_999 }, {}, /nbf: /],
    ['an end', { exp: undefined }, {}, /expiry: the claim exp is missing/],
    [
      'the identity',
      {},
      { OIDC_IDENTITY_CLAIM: 'preferred_username' },
      /claim: preferred_username is missing.*\$\{pref/,
    ],
    ['its groups', { _claim_names: { groups: 'src1' } }, {}, /claim: groups is left out.*GROUPS_OVERAGE/],
  ])('%s', async (_what, claims, settings, expected) => {
    expect(await faultsOf(await sign(claims), { ...issuer.settings, ...settings })).toEqual(matching(expected));
  });

  it('all of it at once', async () => {
    const token = await sign({ iss: `${issuer.url}/`, aud: 'x', typ: 'ID', azp: 'app' });
    expect(await faultsOf(token, { ...issuer.settings, OIDC_CLIENT_IDS: 'web' })).toEqual(
      matching(/issuer: /, /audience: /, /client: /, /type: /),
    );
  });

  it('a genuine signature', async () => {
    const token = await sign();
    expect(await faultsOf(token.replace(/.{8}$/, 'AAAAAAAA'))).toEqual(matching(/signature: the token was not signed/));
    expect(await faultsOf(await sign({}, { kid: 'other' }))).toEqual(matching(/signature: .*\(kid\)/));
  });

  it('an issuer that can be reached', async () => {
    const gone = await FakeIssuer.start();
    const token = await gone.sign(PERSON);
    await gone.stop();
    expect(await faultsOf(token, gone.settings)).toEqual(matching(/signature: the keys .*: nothing listens there/));
  });

  it('a usable display name, which is a warning', async () => {
    expect(await examine(await sign({ name: ' ' }))).toContainEqual(
      expect.stringMatching(/^warning: claim: .*\$\{name\}/),
    );
  });

  it('with control characters in claims, which are not printed', async () => {
    const [line] = await faultsOf(await sign({ aud: '\u001B[2J\u202E' }));
    expect(line).toContain('"\\u001b[2J\\u202e"');
  });

  it('a size that fits into headers', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => `group-${index}`);
    expect(await faultsOf(await sign({ groups }))).toEqual(matching(/The token has \d+ KiB/));
  });

  it.each(['', 'two tokens', '{"access_token":"a"}'])('being one token: %j', async (content) => {
    expect(await faultsOf(content)).toEqual(matching(/exactly one token/));
  });
});

describe('a token that is introspected', () => {
  const entry = (more: object = {}): object => ({
    name: 'main',
    issuer: issuer.url,
    audience: AUDIENCE,
    introspection,
    ...more,
  });

  it('is active, for whom, and what it lacks', async () => {
    issuer.active.set('opaque', { ...PERSON, aud: AUDIENCE });
    issuer.active.set('of-others', { ...PERSON, aud: 'other', iss: 'https://other.example' });
    const settings = providersFile(entry());
    expect(await examine('opaque', settings)).toEqual([
      'ok: The provider main reports that the token is active.',
      'ok: The provider main accepts the token.',
      expect.stringMatching(/^ok: JOIN_RULES_FILE/),
    ]);
    expect(await faultsOf('of-others', settings)).toEqual(matching(/issuer: /, /audience: aud is "other"/));
    expect(await faultsOf('unknown', settings)).toEqual(matching(/main reports that the token is not active/));
  });

  it('is a JWT that was revoked', async () => {
    const settings = providersFile(entry({ introspection: { ...introspection, always: true } }));
    expect(await faultsOf(await sign(), settings)).toEqual(matching(/not active/));
  });

  it('cannot be introspected', async () => {
    const wrong = { ...introspection, clientSecretFile: temporaryFile('hunter2').path };
    expect(await faultsOf('opaque', providersFile(entry({ introspection: wrong })))).toEqual(
      matching(/could not introspect/),
    );
    expect(await faultsOf('opaque')).toEqual(matching(/no JWT .*introspection/));
  });
});

describe('the rules', () => {
  const withRules = (...rules: object[]): Settings => ({
    ...issuer.settings,
    JOIN_RULES_FILE: temporaryFile(JSON.stringify(rules)).path,
  });

  it('admit where a rule matches, with its grants; the others say which claim they miss', async () => {
    const settings = withRules(
      { name: 'hosts', rooms: ['stage'], callers: { 'realm_access.roles': 'host' }, grants: { roomAdmin: true } },
      { rooms: ['${tenant}-*', '${company}'], grants: { canPublishSources: ['camera', 'microphone'], hidden: false } },
      { rooms: ['staff'], callers: { groups: 'staff' } },
      { rooms: ['closed'], except: { groups: ['secret-group'] } },
      { rooms: ['${company}'] },
      { rooms: ['lobby'], when: { zone: 'UTC', toDate: '2020-01-01' } },
      { rooms: ['*'] },
      { rooms: ['after'] },
    );
    expect(await examine(await sign({ tenant: 'tenant-of-hers' }), settings)).toEqual([
      'ok: The provider of OIDC_ISSUER accepts the token.',
      'ok: Rule 2 would let the bearer into ${tenant}-*, with canPublishSources: camera microphone, hidden: false.',
      expect.stringMatching(/^ok: Rule 6 would let the bearer into lobby at the times of when \(closed now\), with/),
      "ok: Rule 7 would let the bearer into *, with LiveKit's default grants.",
      'skipped: Rule 1 (hosts) does not match: the claim realm_access.roles is missing.',
      'skipped: Rule 3 does not match: the claim groups has none of the required values.',
      'skipped: Rule 4 does not match: except: groups has an excluded value.',
      'skipped: Rule 5 does not match: company in the name of the room is missing, empty or no text.',
    ]);
  });

  it('may let the bearer into no room', async () => {
    const rules = Array.from({ length: 12 }, () => ({ rooms: ['stage'], callers: { roles: 'host' } }));
    const lines = await examine(await sign(), withRules(...rules));
    expect(lines[1]).toMatch(/^fault: rules: no rule .*ROOM_NOT_ALLOWED/);
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('skipped: 2 more rules do not match.');
  });

  it('may compose an identity that the claims do not give', async () => {
    expect(await faultsOf(await sign(), withRules({ rooms: ['r'], identity: '${tenant}:${sub}' }))).toEqual(
      matching(/Rule 1 would refuse the bearer in r: .*IDENTITY_AMBIGUOUS/),
    );
  });

  it('see the provider by the name that the operator chose', async () => {
    const rules = temporaryFile(JSON.stringify([{ rooms: ['r'], callers: { provider: 'main' } }])).path;
    const settings = providersFile({ name: 'main', issuer: issuer.url, audience: AUDIENCE });
    const lines = await examine(await sign({ provider: 'forged' }), { ...settings, JOIN_RULES_FILE: rules });
    expect(lines).toContainEqual(expect.stringMatching(/^ok: Rule 1 would let/));
  });
});

it('is skipped where no access tokens are verified', async () => {
  expect(await examine('x', { AUTH_MODE: 'none' })).toEqual([expect.stringMatching(/^skipped: AUTH_MODE is none/)]);
});
