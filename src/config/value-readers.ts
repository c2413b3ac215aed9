/** Readers turn the text of one setting into its typed value. */
import { isIP } from 'node:net';

/** Each message continues the name of a variable ("must be ...") and holds no part of the value. */
export class InvalidValueError extends Error {
  readonly messages: readonly string[];

  constructor(...messages: readonly string[]) {
    super(messages.join('; '));
    this.messages = messages;
  }
}

/** Returns the value. Throws an {@link InvalidValueError}. */
export type Reader<T> = (text: string) => T;

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export const text: Reader<string> = (value) => value;

/** The syntax `b64token` of RFC 6750, section 2.1. */
export const bearerToken: Reader<string> = (value) => {
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value)) {
    throw new InvalidValueError('must consist of letters, digits and - . _ ~ + / with = at the end only');
  }
  return value;
};

export const port: Reader<number> = wholeNumber({ min: 0, max: 65_535 });

export function wholeNumber({ min, max }: { min: number; max: number }): Reader<number> {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) throw new InvalidValueError(`must be a whole number from ${min} to ${max}`);
    return number;
  };
}

export const boolean: Reader<boolean> = (value) => oneOf('true', 'false')(value) === 'true';

export function oneOf<const T extends string>(...allowed: T[]): Reader<T> {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw new InvalidValueError(`must be ${allowed.join(' or ')}`);
    return found;
  };
}

/** A whole number with a unit (s, m, h, d), from `min` to `max`. The value is in seconds. */
export function duration({ min, max }: { min: string; max: string }): Reader<number> {
  return (value) => {
    const seconds = secondsOf(value);
    if (seconds === undefined) throw new InvalidValueError('must be a number with a unit (s, m, h or d), such as 10m');
    if (seconds < (secondsOf(min) ?? 0) || seconds > (secondsOf(max) ?? 0)) {
      throw new InvalidValueError(`must be from ${min} to ${max}`);
    }
    return seconds;
  };
}

function secondsOf(value: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})\s?(s|m|h|d)$/.exec(value) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}

/** Comma separated entries, each read by `item`. An empty entry is invalid: it hints at a lost value. */
export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value) =>
    value.split(',').map((part) => {
      if (part.trim() === '') throw new InvalidValueError('must be a comma separated list without empty entries');
      return item(part.trim());
    });
}

/** An address of LiveKit. The server SDK would drop a path silently. The value has no trailing slash. */
export const liveKitUrl: Reader<string> = (value) => {
  const url = parseUrl(value);
  const scheme = url && /^(wss?|https?):$/.test(url.protocol);
  const bare = url && url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  if (!scheme || !bare)
    throw new InvalidValueError('must be ws://, wss://, http:// or https:// with a host and no path');
  return `${url.protocol}//${url.host}`;
};

/** An https URL, or an http URL of the loopback interface, which no network can read or change. */
export const secureUrl: Reader<string> = (value) => {
  const url = parseUrl(value);
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!url || !secure || url.username || url.password || url.hash) {
    throw new InvalidValueError('must be an https:// URL (http:// only on loopback) without credentials');
  }
  return value;
};

/** The address of a collector. */
export const httpUrl: Reader<string> = (value) => {
  if (!/^https?:$/.test(parseUrl(value)?.protocol ?? ''))
    throw new InvalidValueError('must be an http:// or https:// URL');
  return value;
};

export const redisUrl: Reader<string> = (value) => {
  const url = parseUrl(value);
  if (!url || !/^rediss?:$/.test(url.protocol) || !url.host) {
    throw new InvalidValueError('must be a redis:// or rediss:// URL with a host');
  }
  return value;
};

/** An Origin header of a browser: scheme and host, no path, no trailing slash. Pages opened from files send `null`. */
const origin: Reader<string> = (value) => {
  if (value !== 'null' && !/^[a-z][a-z0-9+.-]*:\/\/[^/?#\\\s*]+$/i.test(value)) {
    throw new InvalidValueError('must be * alone, or origins such as https://app.example.com without a path');
  }
  return value.toLowerCase();
};

/** `*`, or the list of origins that may read responses. */
export const corsOrigins: Reader<'*' | readonly string[]> = (value) => (value === '*' ? '*' : listOf(origin)(value));

const PROXY_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Express's `trust proxy`: `off`, a number of hops, or a list of addresses, subnets and names of private networks.
 * `true` is invalid: every client could then choose the address by which it is limited and logged.
 */
export const trustProxy: Reader<false | number | readonly string[]> = (value) => {
  if (value === 'off') return false;
  if (/^\d+$/.test(value)) return wholeNumber({ min: 1, max: 16 })(value);
  return listOf((entry) => {
    if (!PROXY_NETWORKS.has(entry) && !isSubnet(entry)) {
      throw new InvalidValueError(
        'must be off, a number of hops, or a list of addresses, subnets, loopback, uniquelocal',
      );
    }
    return entry;
  })(value);
};

function isSubnet(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
