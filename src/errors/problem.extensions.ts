/** Extension members of a problem (RFC 9457, section 3.2), from the object that was given to Nest's HttpException. */
import { SECRET_NAMES } from '../logging/secret-names.js';

/** Members of a problem, and those that Nest itself writes into the response of an exception. */
const RESERVED = new Set([
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'code',
  'requestId',
  'message',
  'error',
  'statusCode',
  'errorCode',
]);

/** Clients of LiveKit's token endpoint read a response with `server_url` as a success. */
const WITHHELD = new Set([...SECRET_NAMES, 'server_url', 'stack']);

/** The members that clients may see. None if `response` is no object, or cannot be written as JSON. */
export function extensionsOf(response: unknown): Readonly<Record<string, unknown>> {
  if (typeof response !== 'object' || response === null || Array.isArray(response)) return {};
  const members = Object.entries(response).filter(([name]) => !RESERVED.has(name));
  if (members.length === 0) return {};
  try {
    const text = JSON.stringify(Object.fromEntries(members), (name, value: unknown) =>
      WITHHELD.has(name.toLowerCase()) ? undefined : value,
    );
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
