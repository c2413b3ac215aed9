/**
 * Join rules evaluated one after the other from the words of docs/join-rules.md, without anything of src/rules: regular expressions
 * for rooms, and Temporal for times. For what Cedar cannot express: claims in rooms, zones that change the clock, and terms.
 */
import { Temporal } from 'temporal-polyfill';

import { type FileSource, PATHS, type RequestSource, type RuleSource, type Window } from './file.arbitrary.js';

type Claims = RequestSource['claims'];

export interface NaiveTerms {
  readonly rule: number;
  readonly grants: object;
  readonly ttl: number;
  readonly endsAt?: number | undefined;
  readonly identity?: string | undefined;
  readonly attributes?: object | undefined;
  readonly metadata?: string | undefined;
  readonly roomSettings?: object | undefined;
  readonly agents?: readonly object[] | undefined;
}

/** The code of the refusal, or the terms. */
export function decideNaively(
  file: FileSource,
  request: RequestSource,
  identity: string,
  ttl: number,
): string | NaiveTerms {
  for (const [index, written] of file.rules.entries()) {
    const rule = withDefaults(file.defaults ?? {}, written);
    if (matches(rule, request)) return termsOf(rule, index + 1, request, identity, ttl);
  }
  return 'ROOM_NOT_ALLOWED';
}

/** The rule as it would be written without defaults. */
export function withDefaults(defaults: Readonly<Record<string, unknown>>, rule: RuleSource): RuleSource {
  const result: Record<string, unknown> = { ...defaults, ...rule };
  for (const key of ['grants', 'attributes', 'room']) {
    if (defaults[key] && rule[key]) result[key] = { ...defaults[key], ...rule[key] };
  }
  return result as RuleSource;
}

function matches(
  { rooms, callers = {}, except = {}, when }: RuleSource,
  { room, claims, now }: RequestSource,
): boolean {
  return (
    rooms.some((pattern) => patternOf(pattern, claims)?.test(room)) &&
    Object.entries(callers).every(([path, wanted]) => says(valueOf(path, claims), wanted)) &&
    !Object.entries(except).some(([path, wanted]) => says(valueOf(path, claims), wanted)) &&
    (when === undefined || windowsOf(when).some((window) => endOf(window, now) !== undefined))
  );
}

function patternOf(pattern: string, claims: Claims): RegExp | undefined {
  let possible = true;
  const source = pattern.replace(/\$\{([^}]*)\}|[^]/gu, (part, path?: string) => {
    if (part === '*') return '[^]*';
    const text = path === undefined ? part : textOf(valueOf(path, claims));
    possible &&= text !== undefined;
    return (text ?? '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return possible ? new RegExp(`^${source}$`) : undefined;
}

function valueOf(path: string, claims: Claims): unknown {
  if (path in claims) return claims[path];
  return (PATHS[path] ?? []).reduce<unknown>((found, step) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found) !== (typeof step === 'number'))
      return undefined;
    return (found as Record<string | number, unknown>)[step];
  }, claims);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function says(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((one) => says(found, one));
  if (Array.isArray(found)) return found.some((item) => item === wanted);
  if (typeof found === 'object' && found !== null) return Object.keys(found).some((key) => key === wanted);
  return found === wanted && found !== undefined;
}

const windowsOf = (when: Window | readonly Window[]): readonly Window[] => [when].flat() as readonly Window[];

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** When the window that contains the instant ends. */
function endOf(
  { zone, days, from = '00:00', to = '24:00', fromDate, toDate }: Window,
  now: number,
): number | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  for (const day of [today, today.subtract({ days: 1 })]) {
    if (days && !days.some((entry) => entry.split(',').some((range) => isWithin(range, day.dayOfWeek - 1)))) continue;
    if (fromDate !== undefined && Temporal.PlainDate.compare(day, fromDate) < 0) continue;
    if (toDate !== undefined && Temporal.PlainDate.compare(day, toDate) > 0) continue;
    const [start, end] = [instantOf(day, from, zone), instantOf(to <= from ? day.add({ days: 1 }) : day, to, zone)];
    if (start <= now && now < end) return end;
  }
  return undefined;
}

function isWithin(range: string, weekday: number): boolean {
  const [first = -1, last = first] = range
    .toLowerCase()
    .split('-')
    .map((name) => WEEK.indexOf(name));
  return first <= last ? first <= weekday && weekday <= last : weekday >= first || weekday <= last;
}

/** Temporal's default, `compatible`, is what RFC 5545 says of times that occur twice or not at all. */
function instantOf(day: Temporal.PlainDate, time: string, zone: string): number {
  const [date, plainTime] = time === '24:00' ? [day.add({ days: 1 }), '00:00'] : [day, time];
  return date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
}

function termsOf(
  { grants = {}, ttl, stay, identity, attributes, metadata, room, when }: RuleSource,
  rule: number,
  request: RequestSource,
  ownIdentity: string,
  defaultTtl: number,
): string | NaiveTerms {
  const { claims, now } = request;
  const name = identity === undefined ? ownIdentity : identityOf(identity as string, claims);
  if (name === undefined) return 'IDENTITY_AMBIGUOUS';
  const { agents: ownAgents, ...settings } = (room ?? {}) as { agents?: readonly { agentName: string }[] };
  const ends = [
    ...(stay === undefined ? [] : [now + seconds(stay as string) * 1000]),
    ...(when === undefined ? [] : [endOfAll(windowsOf(when), now)]),
  ];
  const vouched = Object.entries((attributes ?? {}) as Record<string, string>);
  const others = Object.entries(request.attributes ?? {}).filter(([key]) => !vouched.some(([own]) => own === key));
  const filled = vouched.map(([key, text]) => [key, filledIn(text, claims)]).filter(([, text]) => text !== undefined);
  const asked = (request.agents ?? []).filter(
    ({ agentName }) => !ownAgents?.some((own) => own.agentName === agentName),
  );
  return {
    rule,
    grants: grants as object,
    ttl: ttl === undefined ? defaultTtl : seconds(ttl as string),
    endsAt: ends.length > 0 ? Math.min(...ends) : undefined,
    identity: name,
    attributes: nonEmpty(Object.fromEntries([...others, ...filled]) as object),
    metadata: metadata === undefined ? request.metadata : filledIn(metadata as string, claims),
    roomSettings: nonEmpty(inSeconds(settings)),
    agents: nonEmpty([...(ownAgents ?? []), ...asked]),
  };
}

/** So many windows that follow each other count as one. */
const MAX_FOLLOWING = 32;

function endOfAll(windows: readonly Window[], now: number): number {
  let end = now;
  for (let count = 0; count < MAX_FOLLOWING; count += 1) {
    const next = Math.max(...windows.map((window) => endOf(window, end) ?? -Infinity));
    if (next === -Infinity) break;
    end = next;
  }
  return end;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const seconds = (text: string): number => parseInt(text, 10) * (UNITS[text.at(-1) ?? ''] ?? NaN);

const inSeconds = (settings: object): object =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === 'string' ? seconds(value) : (value as unknown),
    ]),
  );

const nonEmpty = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);

function filledIn(template: string, claims: Claims): string | undefined {
  const texts = template
    .split(/\$\{([^}]*)\}/)
    .map((part, index) => (index % 2 === 0 ? part : textOf(valueOf(part, claims))));
  return texts.includes(undefined) ? undefined : texts.join('');
}

/** Undefined if a value contains a separator, or if splitting the text at the separators does not give the values again. */
function identityOf(template: string, claims: Claims): string | undefined {
  const text = filledIn(template, claims);
  if (text === undefined) return undefined;
  const [, ...parts] = template.split(/\$\{([^}]*)\}/);
  const values = parts.filter((_, index) => index % 2 === 0).map((path) => textOf(valueOf(path, claims)) ?? '');
  const separators = parts.filter((_, index) => index % 2 === 1).slice(0, -1);
  if (values.some((value) => separators.some((separator) => value.includes(separator)))) return undefined;
  let rest = text.slice(template.indexOf('${'), text.length - (parts.at(-1) ?? '').length);
  const found = separators.map((separator) => {
    const [value = ''] = rest.split(separator);
    rest = rest.slice(value.length + separator.length);
    return value;
  });
  return JSON.stringify([...found, rest]) === JSON.stringify(values) ? text : undefined;
}
