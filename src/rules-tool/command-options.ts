import { readFileSync } from 'node:fs';

import { ClaimTemplate } from '../auth/claim-template.js';
import type { Claims } from '../auth/claim-path.js';
import { duration, InvalidValueError } from '../config/value-readers.js';
import { isFitName } from '../livekit/names.js';
import { JoinRuleIndex } from '../rules/join-rule.index.js';
import { parseJoinRules } from '../rules/join-rules.parser.js';

import type { CommandArguments } from './command.js';
import { InvalidFileError } from './invalid-file.error.js';
import { DEFAULT_SETTINGS, type TermsSettings } from './terms-settings.js';
import { UsageError } from './usage.error.js';

/** Throws a {@link UsageError} if the file cannot be read. */
export function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file} cannot be read.`);
  }
}

/** Throws an {@link InvalidFileError} with every error of the file. */
export function rulesOf(file: string): JoinRuleIndex {
  const { rules, errors } = parseJoinRules(contentOf(file));
  if (errors.length > 0) throw new InvalidFileError(file, errors);
  return new JoinRuleIndex(rules);
}

export function textOf({ values }: CommandArguments, option: string): string | undefined {
  const value = values[option];
  return typeof value === 'string' ? value : undefined;
}

/** `--room`, which is required. */
export function roomOf(args: CommandArguments): string {
  const room = textOf(args, 'room');
  if (!isFitName(room)) throw new UsageError('--room is required: the name of a room, 1 to 256 bytes.');
  return room;
}

/** `--at`, in milliseconds since the epoch; without it, the time of the call. */
export function timeOf(args: CommandArguments): number {
  const text = textOf(args, 'at');
  const time = text === undefined ? args.now : parseTime(text);
  if (time === undefined) throw new UsageError('--at must be a time such as 2026-12-31T12:00:00Z.');
  return time;
}

/** Of RFC 3339, in milliseconds since the epoch. */
export function parseTime(text: string): number | undefined {
  const isTime = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/.test(text);
  const time = isTime ? Date.parse(text.replace(' ', 'T')) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The claims of `--claims`; none without it. */
export function claimsOf(args: CommandArguments): Claims {
  const file = textOf(args, 'claims');
  if (file === undefined) return {};
  let claims: unknown;
  try {
    claims = JSON.parse(contentOf(file));
  } catch (error) {
    // The parser's message quotes the file.
    if (error instanceof SyntaxError) throw new UsageError(`${file} is not valid JSON.`);
    throw error;
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new UsageError(`${file} must be a JSON object of claims.`);
  }
  return claims as Claims;
}

/** What terms depend on beside rules. */
export const SETTINGS_OPTIONS = { identity: { type: 'string' }, ttl: { type: 'string' } } as const;

export const SETTINGS_HELP = [
  ['--identity TEMPLATE', "the identity of callers where a rule sets none; default '${sub}', as OIDC_IDENTITY_CLAIM"],
  ['--ttl DURATION', 'the lifetime of tokens where a rule sets none; default 10m, as TOKEN_TTL'],
] as const;

const readTtl = duration({ min: '2m', max: '24h' });

export function settingsOf(args: CommandArguments): TermsSettings {
  const [identity, ttl] = [textOf(args, 'identity'), textOf(args, 'ttl')];
  return {
    identity:
      identity === undefined ? DEFAULT_SETTINGS.identity : read('identity', () => ClaimTemplate.parse(identity)),
    ttl: ttl === undefined ? DEFAULT_SETTINGS.ttl : read('ttl', () => readTtl(ttl)),
  };
}

function read<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidValueError) throw new UsageError(`--${option} ${error.message}.`);
    throw error;
  }
}
