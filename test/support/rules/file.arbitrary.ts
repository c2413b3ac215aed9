/** Generates rule files and requests from one small vocabulary, so that requests often meet rules, and often miss them by one condition. */
import * as fc from 'fast-check';

export type Said = string | number | boolean;

export interface Window {
  readonly zone: string;
  readonly days?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly fromDate?: string;
  readonly toDate?: string;
}

/** One rule as an operator writes it. */
export interface RuleSource {
  readonly name?: string;
  readonly rooms: readonly string[];
  readonly callers?: Readonly<Record<string, Said | readonly Said[]>>;
  readonly except?: Readonly<Record<string, Said | readonly Said[]>>;
  readonly when?: Window | readonly Window[];
  readonly [terms: string]: unknown;
}

export interface FileSource {
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly rules: readonly RuleSource[];
}

export interface RequestSource {
  readonly room: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly agents?: readonly { readonly agentName: string }[];
}

/** Paths of claims with their steps, as docs/join-rules.md defines them. */
export const PATHS: Readonly<Record<string, readonly (string | number)[]>> = {
  groups: ['groups'],
  'groups[0]': ['groups', 0],
  level: ['level'],
  tenant: ['tenant'],
  sub: ['sub'],
  'realm_access.roles': ['realm_access', 'roles'],
  'resource_access[my.client].roles': ['resource_access', 'my.client', 'roles'],
};

/** Zones without daylight saving time, with their offset: Cedar can express them. */
export const FIXED_ZONES = { UTC: '0h0m', 'Asia/Kathmandu': '5h45m', 'Asia/Tokyo': '9h0m', 'America/Phoenix': '-7h' };

const CHANGING_ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

/** Days with a change of the clock in one of the zones, leap day, and days without anything special. */
const MOMENTS = [
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-03-08T07:00Z',
  '2026-11-01T06:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2028-02-29T12:00Z',
  '2026-11-27T12:00Z',
];

const subset = <T>(arbitrary: fc.Arbitrary<T>, most = 2): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: 1, maxLength: most });

const word = fc.constantFrom('staff', 'partners', 'suspended', 'acme', 'a', '"', 'é');
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 8, arbitrary: word },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.boolean() },
);

const conditions = fc.dictionary(fc.constantFrom(...Object.keys(PATHS)), fc.oneof(said, subset(said, 3)), {
  minKeys: 1,
  maxKeys: 2,
});

const literalRoom = fc.constantFrom('lobby', 'team-a', 'team-acme-1', 'a', '*', 'team-*', '*-1', '*a*', 't*-*1', 'é"*');
const templateRoom = fc.constantFrom(
  '${tenant}',
  'team-${tenant}-*',
  '*${tenant}*',
  '${groups[0]}-${tenant}',
  'a${sub}',
);

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const date = fc
  .tuple(fc.constantFrom(...MOMENTS), fc.integer({ min: -3, max: 3 }))
  .map(([moment, days]) => new Date(Date.parse(moment) + days * 86_400_000).toISOString().slice(0, 10));

function window(zones: readonly string[]): fc.Arbitrary<Window> {
  return fc
    .record(
      {
        zone: fc.constantFrom(...zones),
        days: subset(fc.constantFrom('mon-fri', 'sat', 'sun', 'sat-mon', 'Wed', 'fri,sun'), 3),
        from: time,
        to: fc.oneof(time, fc.constant('24:00')),
        fromDate: date,
        toDate: date,
      },
      { requiredKeys: ['zone'] },
    )
    .filter(({ from = '00:00', to = '24:00' }) => from !== to)
    .filter(({ fromDate = '', toDate = '9' }) => fromDate <= toDate);
}

const template = fc.constantFrom('host', '${tenant}', 'of ${groups[0]}', '${tenant}/${sub}');

const terms = {
  grants: fc.record(
    { canPublish: fc.constant(true), canSubscribe: fc.boolean(), hidden: fc.boolean(), roomAdmin: fc.boolean() },
    { requiredKeys: ['hidden'] },
  ),
  ttl: fc.constantFrom('2m', '5m', '24h'),
  stay: fc.constantFrom('1m', '90m', '3d'),
  identity: fc.constantFrom('${sub}', '${tenant}:${sub}', '${tenant}--${sub}', 'u/${realm_access.roles}'),
  attributes: fc.dictionary(fc.constantFrom('role', 'team', 'x'), template, { minKeys: 1, maxKeys: 2 }),
  metadata: template,
  room: fc.record(
    {
      maxParticipants: fc.integer({ min: 1, max: 50 }),
      emptyTimeout: fc.constantFrom('30s', '5m'),
      departureTimeout: fc.constantFrom('1s', '1h'),
      agents: fc.uniqueArray(
        fc.constantFrom('scribe', 'guide', 'third').map((agentName) => ({ agentName })),
        {
          minLength: 1,
          selector: ({ agentName }) => agentName,
        },
      ),
    },
    { requiredKeys: ['maxParticipants'] },
  ),
};

function file(room: fc.Arbitrary<string>, zones: readonly string[]): fc.Arbitrary<FileSource> {
  const when = fc.oneof(window(zones), subset(window(zones)));
  const common = { ...terms, except: conditions, when };
  const rule = fc
    .record({ rooms: subset(room), ...seldom({ callers: conditions }, 1), ...seldom(common, 3) })
    .map((map): RuleSource => ({ ...withoutAbsent(map), rooms: map.rooms }));
  const defaults = fc.record(seldom(common, 4)).map(withoutAbsent);
  return fc.tuple(fc.array(rule, { minLength: 1, maxLength: 12 }), defaults).map(([rules, shared]) => ({
    rules: rules.map((one, index) => (index % 3 === 0 ? { name: `rule ${index}`, ...one } : one)),
    ...(Object.keys(shared).length > 0 && { defaults: shared }),
  }));
}

/** Each of them absent, `absence` times as often as present. */
const seldom = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>, absence: number) =>
  Object.fromEntries(
    Object.entries(keys).map(([key, arbitrary]) => [
      key,
      fc.oneof({ weight: 1, arbitrary }, { weight: absence, arbitrary: fc.constant(undefined) }),
    ]),
  );

const withoutAbsent = (map: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));

/** Files that Cedar can express. */
export const cedarFile = file(literalRoom, Object.keys(FIXED_ZONES));

/** Files with templates in rooms, and with zones that change the clock. */
export const anyFile = file(fc.oneof({ weight: 3, arbitrary: literalRoom }, templateRoom), [...CHANGING_ZONES, 'UTC']);

const claim: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: said },
  { weight: 4, arbitrary: fc.array(said, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(word, fc.constantFrom(null, true, 'x'), { maxKeys: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, '', 'a:b', 'a-', '--a') },
);

const claims = fc.record(
  {
    groups: claim,
    level: said,
    tenant: fc.oneof({ weight: 3, arbitrary: word }, claim),
    sub: fc.oneof(word, fc.constantFrom('-a', 'a:b', '')),
    realm_access: fc.oneof(fc.record({ roles: claim }, { requiredKeys: [] }), claim),
    'realm_access.roles': claim,
    resource_access: fc.record({ 'my.client': fc.record({ roles: claim }) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

export const request: fc.Arbitrary<RequestSource> = fc.record(
  {
    room: fc.constantFrom('lobby', 'team-a', 'team-acme-1', 'a', 'acme', 'team-1', 'éa"', 'staff-acme', 'aa', 'x'),
    claims,
    now: fc
      .tuple(fc.constantFrom(...MOMENTS), fc.integer({ min: -1440, max: 1440 }), fc.constantFrom(0, 1, 59_999))
      .map(([moment, minutes, ms]) => Date.parse(moment) + minutes * 60_000 + ms),
    metadata: fc.constant('of the client'),
    attributes: fc.dictionary(fc.constantFrom('role', 'mine'), fc.constantFrom('admin', ''), { minKeys: 1 }),
    agents: fc.constantFrom([{ agentName: 'scribe' }], [{ agentName: 'own' }, { agentName: 'guide' }]),
  },
  { requiredKeys: ['room', 'claims', 'now'] },
);
