import { ClaimTemplate } from '../auth/claim-template.js';
import { duration, InvalidValueError } from '../config/value-readers.js';
import { parsePositionedYaml, type Position, YamlError } from '../config/yaml.js';
import { fieldBytes, MAX_FIELD_BYTES } from '../policy/field-size.js';

import { parseConditions } from './claim-condition.parser.js';
import { parseGrants } from './grants.parser.js';
import type { JoinRule } from './join-rule.js';
import { RoomPattern } from './room-pattern.js';
import { parseRoomSettings } from './room-settings.parser.js';
import { isMap, RuleReader, type YamlMap, type YamlPath } from './rule-reader.js';
import { type KnownWindows, parseWhen } from './time-window.parser.js';

/** The same bounds as TOKEN_TTL. */
const readTtl = duration({ min: '2m', max: '24h' });
const readStay = duration({ min: '1m', max: '30d' });

/** Keys that `defaults` may have too. */
const COMMON_KEYS = ['except', 'when', 'grants', 'ttl', 'stay', 'identity', 'attributes', 'metadata', 'room'];
const KEYS = ['name', 'rooms', 'callers', ...COMMON_KEYS];
/** Of these, a rule adds to the map of the defaults; other keys of a rule replace the defaults. */
const MERGED_KEYS = ['grants', 'attributes', 'room'];

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/;

export interface RuleError extends Position {
  /** The place of the rule in the file, from 1; missing for the file as a whole. */
  readonly rule?: number;
  /** Continues `rule 2: ` or the name of the file. Contains no secret. */
  readonly message: string;
}

export interface ParsedRules {
  readonly rules: readonly JoinRule[];
  readonly errors: readonly RuleError[];
  /** Where a rule is, by its number from 1; or what is at the path inside of it. */
  positionOf(rule: number, ...path: YamlPath): Position;
}

/** Parses YAML or JSON: a list of rules, or a map with `defaults` and `rules`. Finds all errors. */
export function parseJoinRules(content: string): ParsedRules {
  try {
    return parseDocument(content);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const position = error.position ?? { line: 1, column: 1 };
    return { rules: [], errors: [{ message: error.message, ...position }], positionOf: () => position };
  }
}

function parseDocument(content: string): ParsedRules {
  const { value, positionOf } = parsePositionedYaml(content);
  const errors: RuleError[] = [];
  const reportAs =
    (rule?: number) =>
    (message: string, path: YamlPath): void =>
      void errors.push({ ...(rule !== undefined && { rule }), message, ...positionOf(path) });
  const file = new RuleReader([], reportAs());
  const map = isMap(value) ? value : undefined;
  for (const key of Object.keys(map ?? {})) {
    if (key !== 'defaults' && key !== 'rules') file.at(key).error(`${key} is not known; known are defaults, rules`);
  }
  const list = map ? map['rules'] : value;
  const root: YamlPath = map ? ['rules'] : [];
  const positionOfRule: ParsedRules['positionOf'] = (rule, ...path) => positionOf([...root, rule - 1, ...path]);
  if (!Array.isArray(list) || list.length === 0) {
    file.error('must be a list of rules, at least one, or a map with defaults and such a list as rules');
    return { rules: [], errors, positionOf: positionOfRule };
  }
  const defaults = map?.['defaults'] === undefined ? {} : parseDefaults(map['defaults'], file.at('defaults'), errors);
  const windows: KnownWindows = new Map();
  const rules = list.map((entry: unknown, index) =>
    parseRule(entry, defaults, index + 1, new RuleReader([...root, index], reportAs(index + 1)), windows),
  );
  reportDuplicateNames(rules, (rule) => new RuleReader([...root, rule.number - 1, 'name'], reportAs(rule.number)));
  return { rules, errors, positionOf: positionOfRule };
}

/** Empty if the defaults are invalid, so that their errors are not repeated for each rule. */
function parseDefaults(value: unknown, reader: RuleReader, errors: readonly RuleError[]): YamlMap {
  const before = errors.length;
  const defaults = reader.map('defaults', value, COMMON_KEYS) ?? {};
  const known = Object.entries(defaults).filter(([key]) => COMMON_KEYS.includes(key));
  parseRule({ rooms: ['*'], ...Object.fromEntries(known) }, {}, 0, reader, new Map());
  return errors.length === before ? defaults : {};
}

function parseRule(
  entry: unknown,
  defaults: YamlMap,
  number: number,
  reader: RuleReader,
  windows: KnownWindows,
): JoinRule {
  const empty: JoinRule = { number, rooms: [], callers: [], except: [], when: [], grants: {} };
  if (!isMap(entry)) {
    reader.error('must be a map with rooms');
    return empty;
  }
  for (const key of Object.keys(entry)) {
    if (!KEYS.includes(key)) reader.at(key).error(`${key} is not known; known are ${KEYS.join(', ')}`);
  }
  const map = withDefaults(entry, defaults);
  const { room, agents } = parseRoomSettings(map['room'], reader.at('room'));
  const rule: JoinRule = {
    number,
    name: parseName(map['name'], reader.at('name')),
    rooms: parseRooms(map['rooms'], reader.at('rooms')),
    callers: parseConditions('callers', map['callers'], reader.at('callers')),
    except: parseConditions('except', map['except'], reader.at('except')),
    when: parseWhen(map['when'], reader.at('when'), windows),
    grants: parseGrants(map['grants'], reader.at('grants')),
    ttl: parseDuration('ttl', map['ttl'], readTtl, reader.at('ttl')),
    stay: parseDuration('stay', map['stay'], readStay, reader.at('stay')),
    identity: parseIdentity(map['identity'], reader.at('identity')),
    attributes: parseAttributes(map['attributes'], reader.at('attributes')),
    metadata: parseTemplate('metadata', map['metadata'], reader.at('metadata')),
    room,
    agents,
  };
  reportSize(rule, reader);
  return rule;
}

function withDefaults(rule: YamlMap, defaults: YamlMap): YamlMap {
  const merged: Record<string, unknown> = { ...defaults, ...rule };
  for (const key of MERGED_KEYS) {
    const [common, own] = [defaults[key], rule[key]];
    if (isMap(common) && isMap(own) && Object.keys(own).length > 0) merged[key] = { ...common, ...own };
  }
  return merged;
}

function parseName(value: unknown, reader: RuleReader): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && NAME.test(value)) return value;
  return reader.error('name must be 1 to 64 letters, digits, blanks and . _ / -, beginning with a letter or digit');
}

function reportDuplicateNames(rules: readonly JoinRule[], readerOf: (rule: JoinRule) => RuleReader): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    if (rule.name === undefined) continue;
    if (seen.has(rule.name)) readerOf(rule).error(`name "${rule.name}" is the name of an earlier rule`);
    seen.add(rule.name);
  }
}

function parseRooms(value: unknown, reader: RuleReader): RoomPattern[] {
  if (!Array.isArray(value) || value.length === 0) {
    reader.error('rooms must be a list of patterns, at least one');
    return [];
  }
  const patterns = value.map((source: unknown, index) =>
    reader.at(index).attempt('rooms: a pattern', () => {
      if (typeof source !== 'string') throw new InvalidValueError('must be a string');
      return RoomPattern.parse(source);
    }),
  );
  return patterns.filter((pattern) => pattern !== undefined);
}

function parseDuration(
  key: string,
  value: unknown,
  read: (text: string) => number,
  reader: RuleReader,
): number | undefined {
  if (value === undefined) return undefined;
  return reader.attempt(key, () => read(typeof value === 'string' ? value : ''));
}

/** A template without claims would give the same identity to all callers. */
function parseIdentity(value: unknown, reader: RuleReader): ClaimTemplate | undefined {
  const template = parseTemplate('identity', value, reader);
  if (template === undefined || template.hasClaims) return template;
  return reader.error("identity must contain a claim that tells callers apart, such as '${sub}'");
}

function parseTemplate(subject: string, value: unknown, reader: RuleReader): ClaimTemplate | undefined {
  if (value === undefined) return undefined;
  return reader.attempt(subject, () => {
    if (typeof value !== 'string' || value === '') throw new InvalidValueError('must be a string');
    if (!value.isWellFormed()) throw new InvalidValueError('must be well-formed Unicode');
    return ClaimTemplate.parse(value);
  });
}

function parseAttributes(value: unknown, reader: RuleReader): JoinRule['attributes'] {
  if (value === undefined) return undefined;
  if (!isMap(value) || Object.keys(value).length === 0) {
    return reader.error('attributes must be a map of strings, at least one');
  }
  return Object.entries(value).flatMap(([name, text]) => {
    if (!name.isWellFormed()) reader.error('attributes: every name must be well-formed Unicode');
    const template = parseTemplate(`attributes: ${name}`, text, reader.at(name));
    return template ? [[name, template] as const] : [];
  });
}

/** Without the values of claims, which are known at run time only. */
function reportSize({ metadata, attributes = [], agents }: JoinRule, reader: RuleReader): void {
  if (!metadata && !agents && attributes.length === 0) return;
  const bytes = fieldBytes({
    metadata: metadata?.literalText,
    attributes: Object.fromEntries(attributes.map(([name, template]) => [name, template.literalText])),
    agents,
  });
  if (bytes > MAX_FIELD_BYTES) {
    reader.error(`metadata, attributes and agents together must be at most ${MAX_FIELD_BYTES} bytes of UTF-8`);
  }
}
