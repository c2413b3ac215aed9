/** Files of join rules that differ in one place, or in nothing that a request could show. */
import * as fc from 'fast-check';

import { anyFile, type FileSource, type RuleSource, type Window } from './file.arbitrary.js';
import { withDefaults } from './naive.rules.js';

export interface Mutant {
  readonly mutation: string;
  readonly old: FileSource;
  readonly new: FileSource;
}

/** `other` is a rule of another file. */
type Mutation = (rules: RuleSource[], place: number, other: RuleSource) => void;

const edit =
  (changed: (rule: RuleSource, other: RuleSource) => Readonly<Record<string, unknown>>): Mutation =>
  (rules, place, other) => {
    const rule = rules[place];
    // By way of JSON, which leaves out what is undefined.
    if (rule) rules[place] = JSON.parse(JSON.stringify({ ...rule, ...changed(rule, other) })) as RuleSource;
  };

const replace = (...keys: readonly string[]): Mutation =>
  edit((_rule, other) => Object.fromEntries(keys.map((key) => [key, other[key]])));

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'removes a rule': (rules, place) => void rules.splice(place, 1),
  'moves a rule to the start': (rules, place) => void rules.unshift(...rules.splice(place, 1)),
  'exchanges two rules': (rules, place) => void rules.splice(place, 0, ...rules.splice(place + 1, 1)),
  'adds a rule': (rules, place, other) => void rules.splice(place, 0, other),
  'widens a pattern': edit(({ rooms: [first = '', ...others] }) => ({ rooms: [`${first}*`, ...others] })),
  'narrows a pattern': edit(({ rooms: [first = '', ...others] }) => ({ rooms: [`${first}1`, ...others] })),
  'adds a pattern': edit(({ rooms }, other) => ({ rooms: [...rooms, ...other.rooms] })),
  'drops a value of callers': edit(({ callers }) => ({ callers: withoutValue(callers) })),
  'drops a value of except': edit(({ except }) => ({ except: withoutValue(except) })),
  'drops callers': edit(() => ({ callers: undefined })),
  'replaces callers': replace('callers'),
  'replaces except': replace('except'),
  'moves a window': edit(({ when }) => ({ when: moved(when) })),
  'drops a window': edit(({ when }) => ({ when: Array.isArray(when) && when.length > 1 ? when.slice(1) : undefined })),
  'replaces when': replace('when'),
  'replaces grants': replace('grants'),
  'replaces ttl and stay': replace('ttl', 'stay'),
  'replaces identity': replace('identity'),
  'replaces attributes and metadata': replace('attributes', 'metadata'),
  'replaces room': replace('room'),
  'writes the same in another order': edit(({ rooms, callers }) => ({
    rooms: rooms.toReversed(),
    callers: callers && Object.fromEntries(Object.entries(callers).toReversed()),
  })),
  'writes a pattern twice': edit(({ rooms }) => ({ rooms: [...rooms, ...rooms] })),
};

function withoutValue(conditions: RuleSource['callers']): RuleSource['callers'] {
  const [[name, values] = ['', []], ...others] = Object.entries(conditions ?? {});
  const rest = [values].flat().slice(1);
  const kept = rest.length > 0 ? [[name, rest] as const, ...others] : others;
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function moved(when: RuleSource['when']): RuleSource['when'] {
  const [first, ...others] = when === undefined ? [] : ([when].flat() as readonly Window[]);
  return first && [{ ...first, from: '05:15', to: '19:45' }, ...others];
}

const expanded = ({ defaults = {}, rules }: FileSource): RuleSource[] =>
  rules.map((rule) => {
    const { name: _name, ...others } = withDefaults(defaults, rule);
    return others;
  });

/** Without defaults and names. */
export const mutant: fc.Arbitrary<Mutant> = fc
  .record({ file: anyFile, other: anyFile, mutation: fc.constantFrom(...Object.keys(MUTATIONS)), place: fc.nat() })
  .map(({ file, other, mutation, place }) => {
    const rules = expanded(file);
    const [donor = { rooms: ['*'] }] = expanded(other);
    const copy = [...rules];
    MUTATIONS[mutation]?.(copy, place % copy.length, donor);
    return { mutation, old: { rules }, new: { rules: copy } };
  })
  .filter(({ old, new: after }) => after.rules.length > 0 && JSON.stringify(old) !== JSON.stringify(after));
