/** Join rules as Cedar policies, decided by Cedar. Knows rooms, callers, except, and times in zones without daylight saving time. */
import { setFlagsFromString } from 'node:v8';

import { type CedarValueJson, preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';

import {
  FIXED_ZONES,
  type FileSource,
  PATHS,
  type RequestSource,
  type RuleSource,
  type Said,
  type Window,
} from './file.arbitrary.js';

// Without it, V8 of Node 20 crashes (`unreachable code` in its deoptimizer) after some thousand calls into WebAssembly.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');

const DAY_MS = 86_400_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Cedar keeps a set of policies by its name for the life of the process. */
const POLICY_SET = 'rules';

export class CedarRules {
  private readonly calendar: readonly string[];

  /** `from` and `to` bound the times of the requests: Cedar has no weekdays, so that windows become lists of dates. */
  constructor(file: FileSource, from: number, to: number) {
    const dates = Math.ceil((to - from) / DAY_MS) + 5;
    this.calendar = Array.from({ length: dates }, (_, n) => isoDate(from + (n - 2) * DAY_MS));
    const policies = file.rules.map((rule, index) => [String(index + 1), this.policyOf({ ...file.defaults, ...rule })]);
    const parsed = preparsePolicySet(POLICY_SET, { staticPolicies: Object.fromEntries(policies) });
    if (parsed.type === 'failure') throw new Error(JSON.stringify([parsed.errors, policies]));
  }

  /** The number of the first rule that matches: Cedar says all policies that permit a request. */
  decide({ room, claims, now }: RequestSource): number | undefined {
    const answer = statefulIsAuthorized({
      principal: { type: 'Caller', id: 'caller' },
      action: { type: 'Action', id: 'join' },
      resource: { type: 'Room', id: 'room' },
      context: { room, claims: recordOf(claims), now: extension('datetime', new Date(now).toISOString()) },
      preparsedPolicySetId: POLICY_SET,
      entities: [],
    });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
    return decision === 'allow' ? Math.min(...diagnostics.reason.map(Number)) : undefined;
  }

  private policyOf({ rooms, callers = {}, except = {}, when = [] }: RuleSource): string {
    const windows = Array.isArray(when) ? (when as readonly Window[]) : [when as Window];
    const all = [
      anyOf(rooms.map((pattern) => `context.room like ${quoted(pattern)}`)),
      ...Object.entries(callers).map(conditionOf),
      ...(windows.length > 0 ? [anyOf(windows.map((window) => this.windowOf(window)))] : []),
    ];
    const none = Object.entries(except).map(conditionOf);
    const unless = none.length > 0 ? ` unless { ${none.join(' || ')} }` : '';
    return `permit(principal, action, resource) when { ${all.join(' && ')} }${unless};`;
  }

  private windowOf({ zone, days, from = '00:00', to = '24:00', fromDate = '', toDate = '9' }: Window): string {
    const offset = FIXED_ZONES[zone as keyof typeof FIXED_ZONES];
    const weekdays = days === undefined ? DAYS : days.flatMap((entry) => entry.split(',')).flatMap(daysOf);
    const dates = this.calendar.filter(
      (date) => fromDate <= date && date <= toDate && weekdays.includes(DAYS[new Date(date).getUTCDay()] ?? ''),
    );
    const local = `context.now.offset(duration("${offset}"))`;
    const begins = (day: string): string => `[${dates.map((date) => `datetime("${date}")`).join()}].contains(${day})`;
    const [start, end] = [from, to].map((time) => `duration("${time.replace(':', 'h')}m")`);
    const [afterStart, beforeEnd] = [`${local}.toTime() >= ${start}`, `${local}.toTime() < ${end}`];
    const today = begins(`${local}.toDate()`);
    if (from < to) return `(${today} && ${afterStart} && ${beforeEnd})`;
    const yesterday = begins(`${local}.offset(duration("-1d")).toDate()`);
    return `((${today} && ${afterStart}) || (${yesterday} && ${beforeEnd}))`;
  }
}

const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10);

const quoted = (text: string): string => JSON.stringify(text);

const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' || ')})`;

const extension = (fn: string, arg: string): CedarValueJson => ({ __extn: { fn, arg } });

function daysOf(range: string): readonly string[] {
  const [first = '', last = first] = range.toLowerCase().split('-');
  const from = DAYS.indexOf(first);
  const count = ((DAYS.indexOf(last) - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, n) => DAYS[(from + n) % 7] ?? '');
}

/** A claim becomes a record that says which kind of value it is: Cedar cannot ask for the type of a value. */
function encoded(value: unknown): CedarValueJson {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => [String(index), encoded(item)]);
    return { many: value.filter(isScalar), items: Object.fromEntries(items) as CedarValueJson };
  }
  if (typeof value === 'object' && value !== null) return { keys: recordOf(value as Record<string, unknown>) };
  return isScalar(value) ? { one: value } : {};
}

const recordOf = (map: Readonly<Record<string, unknown>>): CedarValueJson & Record<string, CedarValueJson> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, encoded(value)]));

const isScalar = (value: unknown): value is Said => ['string', 'number', 'boolean'].includes(typeof value);

function conditionOf([path, wanted]: [string, Said | readonly Said[]]): string {
  const values = [wanted].flat() as readonly Said[];
  const says = (claim: string): string => anyOf(values.map((value) => saysOne(claim, value)));
  let at = 'context.claims';
  const steps: string[] = [];
  for (const [index, step] of (PATHS[path] ?? []).entries()) {
    const holder = index === 0 ? at : `${at}.${typeof step === 'number' ? 'items' : 'keys'}`;
    if (index > 0) steps.push(`${at} has ${typeof step === 'number' ? 'items' : 'keys'}`);
    steps.push(`${holder} has ${quoted(String(step))}`);
    at = `${holder}[${quoted(String(step))}]`;
  }
  const whole = `context.claims[${quoted(path)}]`;
  return `(if context.claims has ${quoted(path)} then ${says(whole)} else (${[...steps, says(at)].join(' && ')}))`;
}

function saysOne(claim: string, value: Said): string {
  const literal = JSON.stringify(value);
  const forms = [`(${claim} has one && ${claim}.one == ${literal})`];
  forms.push(`(${claim} has many && ${claim}.many.contains(${literal}))`);
  if (typeof value === 'string') forms.push(`(${claim} has keys && ${claim}.keys has ${literal})`);
  return anyOf(forms);
}
