/** Holds the ready-made requests of the load, each for another room and guest, so that no answer can be reused. */

export interface Names {
  roomName: string;
  participantName: string;
}

/** By their number, without an end. */
export interface Requests {
  request(index: number): Buffer | string;
  /** What is asked for there. */
  names(index: number): Names;
}

/** All may be left out: then there are 1,000 names, no access tokens, and no proxy that tells of an address. */
export interface Askers {
  names?: Names[];
  /** Access tokens, in turn; with more of them than names, names come again with another one. */
  bearers?: string[];
  /** How many addresses ask in turn. */
  addresses?: number;
}

const SIZE = 1_000;
/** Has no factor in common with the size, so every guest turns up once and no guest has its room's number. */
const STRIDE = 7;

export class RequestSet implements Requests {
  private readonly nameSets: Names[];
  private readonly addresses: number;
  private readonly requests: Buffer[] = [];
  /** Where addresses differ: what comes before the address, and what after it. */
  private readonly halves: (readonly [string, string])[] = [];

  constructor(port: number, { names = namesOf(SIZE), bearers = [], addresses = 0 }: Askers = {}) {
    this.nameSets = names;
    this.addresses = addresses;
    for (let i = 0; i < Math.max(names.length, bearers.length); i++) {
      const { roomName, participantName } = at(names, i);
      const body = JSON.stringify({ roomName, participantName });
      const more = bearers.length === 0 ? [] : [`Authorization: Bearer ${at(bearers, i)}`];
      if (addresses === 0) this.requests.push(Buffer.from(httpRequest(port, body, more)));
      else this.halves.push(inHalves(httpRequest(port, body, [...more, `X-Forwarded-For: ${SPLIT}`])));
    }
  }

  names(index: number): Names {
    return at(this.nameSets, index);
  }

  request(index: number): Buffer | string {
    if (this.addresses === 0) return at(this.requests, index);
    const [before, after] = at(this.halves, index);
    return before + addressOf(index % this.addresses) + after;
  }
}

/** So many rooms, each with a guest of its own; all names are of one length. */
export function namesOf(count: number): Names[] {
  return Array.from({ length: count }, (_, i) => ({
    roomName: `room-${padded(i)}`,
    participantName: `guest-${padded((i * STRIDE + 1) % count)}`,
  }));
}

export function padded(number: number): string {
  return String(number).padStart(5, '0');
}

/** Stands for the address, and occurs nowhere else in a request. */
const SPLIT = '\0';

function inHalves(text: string): readonly [string, string] {
  const [before = '', after = ''] = text.split(SPLIT);
  return [before, after];
}

/** A million of them, all of one length. */
function addressOf(number: number): string {
  const group = (power: number): number => 100 + (Math.floor(number / power) % 100);
  return `203.${group(10_000)}.${group(100)}.${group(1)}`;
}

function at<T>(items: T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError(`no request ${index}`);
  return item;
}

/** Carries the headers a browser would send, the origin among them: without it a server skips its CORS work. */
function httpRequest(port: number, body: string, more: string[] = []): string {
  return [
    'POST /token HTTP/1.1',
    `Host: localhost:${port}`,
    'Connection: keep-alive',
    'Origin: http://localhost:5080',
    'User-Agent: Mozilla/5.0',
    'Accept: */*',
    'Accept-Language: en',
    'Content-Type: application/json',
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
