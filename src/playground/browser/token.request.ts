/** The request for a token, by either contract, and what its response contains. */

export type Contract = 'openvidu' | 'livekit';

export interface JoinOptions {
  readonly contract: Contract;
  readonly room: string;
  readonly name: string;
}

export interface TokenRequest {
  /** From the address of the service on. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

export function requestOf({ contract, room, name }: JoinOptions): TokenRequest {
  return contract === 'openvidu'
    ? { path: 'token', body: { roomName: room, participantName: name } }
    : { path: 'livekit/token', body: { room_name: room, participant_name: name } };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Refused {
  /** POST /token has no place for one. */
  readonly code?: string;
  readonly detail: string;
}

/** The token of a successful response, in any TOKEN_RESPONSE_FORMAT. */
export function tokenIn({ status, text }: Answer): string | undefined {
  if (status < 200 || status > 299) return undefined;
  const value = parsed(text);
  if (typeof value === 'string') return value;
  const { token, participant_token: participantToken } = fieldsOf(value);
  return textOf(participantToken) ?? textOf(token);
}

export function refusalIn({ status, text }: Answer): Refused {
  const value = parsed(text);
  if (typeof value === 'string') return { detail: value };
  const { code, detail, errorMessage } = fieldsOf(value);
  const named = textOf(code);
  return {
    ...(named !== undefined && { code: named }),
    detail: textOf(detail) ?? textOf(errorMessage) ?? `Status ${status}`,
  };
}

/** The body as it came; indented if it is an object. */
export function laidOut({ text }: Answer): string {
  const value = parsed(text);
  return typeof value === 'string' ? text : JSON.stringify(value, null, 2);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
