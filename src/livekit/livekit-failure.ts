/** Maps errors of LiveKit's API to error codes. LiveKit's own texts go to the log only. */
import { ServerError } from 'livekit-server-sdk';

import type { ErrorCode } from '../errors/error.catalogue.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Twirp's codes; LiveKit's texts change with its version. */
const CODES = new Map<string, ErrorCode>([
  ['not_found', 'LIVEKIT_NOT_FOUND'],
  ['invalid_argument', 'LIVEKIT_INVALID_ARGUMENT'],
  ['malformed', 'LIVEKIT_INVALID_ARGUMENT'],
  ['out_of_range', 'LIVEKIT_INVALID_ARGUMENT'],
  ['already_exists', 'LIVEKIT_CONFLICT'],
  ['failed_precondition', 'LIVEKIT_CONFLICT'],
  ['aborted', 'LIVEKIT_CONFLICT'],
  ['unauthenticated', 'LIVEKIT_REFUSED_KEY'],
  ['permission_denied', 'LIVEKIT_REFUSED_KEY'],
  ['resource_exhausted', 'LIVEKIT_EXHAUSTED'],
  ['unavailable', 'LIVEKIT_UNAVAILABLE'],
  ['deadline_exceeded', 'LIVEKIT_UNAVAILABLE'],
]);

/** For responses without a code: of a proxy, or of LiveKit's check of keys. */
const STATUSES = new Map<number, ErrorCode>([
  [401, 'LIVEKIT_REFUSED_KEY'],
  [403, 'LIVEKIT_REFUSED_KEY'],
  [429, 'LIVEKIT_EXHAUSTED'],
  [502, 'LIVEKIT_UNAVAILABLE'],
  [503, 'LIVEKIT_UNAVAILABLE'],
  [504, 'LIVEKIT_UNAVAILABLE'],
]);

/** Returns a `ProblemException` with the SDK's error as its cause. Returns errors that are not of a call to LiveKit unchanged. */
export function liveKitFailure(thrown: unknown): unknown {
  const code = codeOf(thrown);
  if (code === undefined) return thrown;
  if (thrown instanceof ServerError) maskTokens(thrown);
  return new ProblemException(code, undefined, { cause: thrown });
}

function codeOf(thrown: unknown): ErrorCode | undefined {
  if (thrown instanceof ServerError) {
    const known = thrown.code === undefined ? STATUSES.get(thrown.status) : CODES.get(thrown.code);
    return known ?? 'LIVEKIT_FAILED';
  }
  const { name, cause } = (thrown ?? {}) as { readonly name?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') return 'LIVEKIT_UNAVAILABLE';
  // Network errors of `fetch` have a cause. The TypeError of a wrong argument has none.
  if (name === 'TypeError' && cause !== undefined) return 'LIVEKIT_UNAVAILABLE';
  // The response is not JSON: the server is not LiveKit.
  if (name === 'SyntaxError') return 'LIVEKIT_FAILED';
  return undefined;
}

/** LiveKit up to 1.13 quotes an invalid token in its error, which is logged. */
function maskTokens(error: ServerError): void {
  error.message = masked(error.message);
  if (error.stack !== undefined) error.stack = masked(error.stack);
}

const masked = (text: string): string => text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[token]');
