import type { Claims } from '../auth/claim-path.js';
import { duration } from '../config/value-readers.js';
import { parsePositionedYaml, YamlError } from '../config/yaml.js';
import { isMap, RuleReader, type YamlMap } from '../rules/rule-reader.js';

import { parseTime } from './command-options.js';
import type { Finding } from './finding.js';
import { InvalidFileError } from './invalid-file.error.js';
import type { RuleCase } from './rule-case.js';

/** A case of a file of tests. */
export interface TestCase extends RuleCase {
  /** Of the case in the file, from 1. */
  readonly line: number;
  /** The expected decision and terms by name; only what the file states. */
  readonly expected: YamlMap & { readonly expect: string };
}

const EXPECTED = ['expect', 'rule', 'grants', 'ttl', 'identity', 'endsAt', 'metadata', 'attributes', 'code'];
const KEYS = ['room', 'claims', 'at', ...EXPECTED];

const readTtl = duration({ min: '1s', max: '24h' });

/** `now`: the time of cases that state none, in milliseconds since the epoch. Throws an {@link InvalidFileError} with all errors. */
export function parseTestCases(file: string, content: string, now: number): TestCase[] {
  const errors: Finding[] = [];
  const cases = read(content, now, errors);
  if (errors.length > 0) throw new InvalidFileError(file, errors);
  return cases;
}

function read(content: string, now: number, errors: Finding[]): TestCase[] {
  try {
    const { value, positionOf } = parsePositionedYaml(content);
    const file = new RuleReader([], (message, path) => void errors.push({ message, ...positionOf(path) }));
    if (!Array.isArray(value) || value.length === 0) {
      file.error('must be a list of cases, at least one');
      return [];
    }
    const cases = value.map((entry: unknown, index) => parseCase(entry, now, positionOf([index]).line, file.at(index)));
    return cases.filter((one) => one !== undefined);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    errors.push({ message: error.message, ...(error.position ?? { line: 1, column: 1 }) });
    return [];
  }
}

function parseCase(entry: unknown, now: number, line: number, reader: RuleReader): TestCase | undefined {
  const map = reader.map('a case', entry, KEYS);
  if (map === undefined) return undefined;
  const { room, claims = {}, at, expect } = map;
  if (typeof room !== 'string' || room === '') return reader.at('room').error('room must be a string');
  if (!isMap(claims)) return reader.at('claims').error('claims must be a map');
  const time = at === undefined ? now : parseTime(typeof at === 'string' ? at : '');
  if (time === undefined) return reader.at('at').error('at must be a time such as 2026-12-31T12:00:00Z');
  if (expect !== 'allowed' && expect !== 'refused')
    return reader.at('expect').error('expect must be allowed or refused');
  const expected = Object.fromEntries(Object.entries(map).filter(([key]) => EXPECTED.includes(key)));
  const { ttl } = expected;
  if (typeof ttl === 'string') expected['ttl'] = reader.at('ttl').attempt('ttl', () => readTtl(ttl));
  else if (ttl !== undefined && typeof ttl !== 'number') reader.at('ttl').error('ttl must be such as 5m');
  return { room, claims: claims as Claims, at: time, line, expected: { ...expected, expect } };
}
