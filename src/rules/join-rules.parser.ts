/** Reads JOIN_RULES_FILE: every fault in it is found, and says which rule it is in. */
import { duration, InvalidValueError } from '../config/value-readers.js';
import { parseYaml, YamlError } from '../config/yaml.js';

import type { ClaimValue, JoinRule } from './join-rule.js';
import { type JoinGrants, TRACK_SOURCES, type TrackSourceName } from '../policy/join-terms.js';
import { PatternError, RoomPattern } from './room-pattern.js';

/** The same bounds as TOKEN_TTL's. */
const readTtl = duration({ min: '2m', max: '24h' });

const KEYS = ['rooms', 'callers', 'grants', 'ttl'];

const GRANTS: Record<keyof JoinGrants, 'boolean' | 'sources'> = {
  canPublish: 'boolean',
  canSubscribe: 'boolean',
  canPublishData: 'boolean',
  canPublishSources: 'sources',
  canUpdateOwnMetadata: 'boolean',
  canSubscribeMetrics: 'boolean',
  hidden: 'boolean',
  roomAdmin: 'boolean',
};

/** What is wrong, in words that continue "JOIN_RULES_FILE"; nothing of the rules is in force then. */
export interface ParsedRules {
  readonly rules: readonly JoinRule[];
  readonly faults: readonly string[];
}

/** Parses YAML, and JSON as its subset. */
export function parseJoinRules(content: string): ParsedRules {
  let list: unknown;
  try {
    list = parseYaml(content);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { rules: [], faults: [error.message] };
  }
  if (!Array.isArray(list) || list.length === 0) {
    return { rules: [], faults: ['must be a list of rules, one at least'] };
  }
  const faults: string[] = [];
  const rules = list.map((entry: unknown, index) =>
    parseRule(entry, index + 1, (fault) => faults.push(`rule ${index + 1}: ${fault}`)),
  );
  return { rules, faults };
}

type Report = (fault: string) => void;

function parseRule(entry: unknown, number: number, report: Report): JoinRule {
  if (!isMap(entry)) {
    report('must be a map with rooms');
    return { number, rooms: [], callers: [], grants: {} };
  }
  for (const key of Object.keys(entry))
    if (!KEYS.includes(key)) report(`${key} is not known; only ${KEYS.join(', ')} are`);
  return {
    number,
    rooms: parseRooms(entry['rooms'], report),
    callers: parseCallers(entry['callers'], report),
    grants: parseGrants(entry['grants'], report),
    ttl: parseTtl(entry['ttl'], report),
  };
}

function parseRooms(value: unknown, report: Report): RoomPattern[] {
  if (!Array.isArray(value) || value.length === 0) {
    report('rooms must be a list of patterns, one at least');
    return [];
  }
  return value.flatMap((source: unknown) => {
    try {
      if (typeof source !== 'string') throw new PatternError('a pattern must be a string');
      return [RoomPattern.parse(source)];
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      report(`rooms: ${error.message}`);
      return [];
    }
  });
}

function parseCallers(value: unknown, report: Report): [string, ClaimValue][] {
  if (value === undefined) return [];
  if (!isMap(value) || Object.keys(value).length === 0) {
    report('callers must be a map of claims, one at least; leave it out for any caller');
    return [];
  }
  return Object.entries(value).flatMap(([claim, wanted]): [string, ClaimValue][] => {
    if (typeof wanted === 'string' || typeof wanted === 'number' || typeof wanted === 'boolean')
      return [[claim, wanted]];
    report(`callers: ${claim} must be a string, a number, true or false`);
    return [];
  });
}

function parseGrants(value: unknown, report: Report): JoinGrants {
  if (value === undefined) return {};
  if (!isMap(value) || Object.keys(value).length === 0) {
    report('grants must be a map, with one grant at least');
    return {};
  }
  const valid = Object.entries(value).filter(([name, setting]) => {
    const kind = Object.hasOwn(GRANTS, name) ? GRANTS[name as keyof JoinGrants] : undefined;
    if (kind === undefined) report(`grants: ${name} cannot be granted; only ${Object.keys(GRANTS).join(', ')} can`);
    else if (kind === 'boolean' && typeof setting !== 'boolean') report(`grants: ${name} must be true or false`);
    else if (kind === 'sources' && !isSourceList(setting)) {
      report(`grants: ${name} must be a list of ${TRACK_SOURCES.join(', ')}, one at least`);
    } else return true;
    return false;
  });
  const grants: JoinGrants = Object.fromEntries(valid);
  if (grants.canPublish === false && grants.canPublishSources) report('grants: canPublishSources needs canPublish');
  return grants;
}

function isSourceList(value: unknown): value is TrackSourceName[] {
  const known: readonly unknown[] = TRACK_SOURCES;
  return Array.isArray(value) && value.length > 0 && value.every((source) => known.includes(source));
}

function parseTtl(value: unknown, report: Report): number | undefined {
  if (value === undefined) return undefined;
  try {
    return readTtl(typeof value === 'string' ? value : '');
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    report(`ttl ${error.message}`);
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
