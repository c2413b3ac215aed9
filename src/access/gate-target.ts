import type { IncomingHttpHeaders } from 'node:http';

import { ProblemException } from '../errors/problem.exception.js';
import type { Reason } from '../errors/reason.catalogue.js';

/** The request of a client, as its proxy describes it to the gate. */
export interface GateTarget {
  /** LiveKit may let a participant in at this address. */
  readonly admits: boolean;
  readonly query: URLSearchParams;
  /** Empty if the proxy does not tell it. */
  readonly methods: readonly string[];
}

/** The parts of LiveKit's paths at which participants join: the signal routes and WHIP. */
const DOORS = new Set(['rtc', 'whip']);

/** A request target as HTTP has it (RFC 9112): printable ASCII. Proxies that join two headers put a space between them. */
const TARGET = /^\/[\x21-\x7e]*$/;

/** LiveKit decodes a path once. Proxies in front of it may do so as well. */
const DECODINGS = 3;

/**
 * Finds what the client asked the proxy for: X-Original-URI (nginx), X-Forwarded-Uri (Caddy, Traefik), or what follows the gate's path
 * (`below`, Envoy). A client may have sent the headers that the proxy does not set, so all that are given must be equal. Throws
 * GATE_ADDRESS_INVALID (400).
 */
export function gateTarget(headers: IncomingHttpHeaders, method: string, below: string): GateTarget {
  const given = [headers['x-original-uri'], headers['x-forwarded-uri'], below].filter(
    (one) => one !== undefined && one !== '',
  );
  const [address] = given;
  if (address === undefined) throw invalid('GATE_ADDRESS_MISSING');
  if (given.some((other) => other !== address)) throw invalid('GATE_ADDRESSES_DIFFER');
  if (typeof address !== 'string' || !TARGET.test(address)) throw invalid();
  const queryAt = address.indexOf('?');
  const path = queryAt < 0 ? address : address.slice(0, queryAt);
  const methods = [headers['x-original-method'], headers['x-forwarded-method'], below === '' ? undefined : method];
  return {
    admits: isDoor(path),
    query: new URLSearchParams(queryAt < 0 ? '' : address.slice(queryAt + 1)),
    methods: methods.filter((one) => typeof one === 'string'),
  };
}

/**
 * Whether LiveKit, or LiveKit behind a proxy that takes a prefix off, may route the path to one of its doors. Paths that no server routes
 * there may count as well: double slashes, dots, capitals, percent-encoding.
 */
function isDoor(path: string): boolean {
  let decoded = path;
  for (let round = 0; round < DECODINGS; round += 1) {
    if (
      decoded
        .toLowerCase()
        .split(/[/\\;?#]/)
        .some((segment) => DOORS.has(segment))
    )
      return true;
    if (!decoded.includes('%')) return false;
    decoded = decode(decoded);
  }
  return false;
}

function decode(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    if (!decoded.includes('\0')) return decoded;
  } catch {
    // Reported below.
  }
  throw invalid();
}

const invalid = (reason?: Reason): ProblemException =>
  new ProblemException('GATE_ADDRESS_INVALID', undefined, { reason });
