/** Asks LiveKit what a token is worth to it: is it accepted, what does a join with it yield, which calls does it open. */
import { once } from 'node:events';
import { SignalResponse, type JoinResponse } from '@livekit/protocol';
import { WebSocket } from 'ws';

const LIMIT_MS = 30_000;

/** LiveKit looks for who would answer three times, for three seconds each. */
const CALL_LIMIT_MS = 60_000;

/** A client of SDK "js", version 2.0.0, protocol 16, as the newer route wants it: a WrappedJoinRequest in base64url. */
const JOIN_REQUEST = 'Eg0KCwgBEgUyLjAuMBgQ';

export interface Verdict {
  route: string;
  status: number;
  body: string;
}

/** Both routes by which clients learn whether a token is accepted; neither leaves a trace on the server. */
export function validate(livekitUrl: string, token: string): Promise<Verdict[]> {
  return Promise.all(
    ['/rtc/validate', '/rtc/v1/validate'].map(async (route) => {
      const url = address(livekitUrl, 'http', route, { access_token: token, join_request: JOIN_REQUEST });
      const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
      return { route, status: response.status, body: await response.text() };
    }),
  );
}

/** Joins as a client does, up to LiveKit's first answer, which says who the participant is and what it may do. */
export async function joinResponse(livekitUrl: string, token: string): Promise<JoinResponse> {
  const { join, socket } = await openSignal(livekitUrl, token);
  socket.close();
  return join;
}

/** Joins in the same way, and leaves the connection open. */
export async function openSignal(
  livekitUrl: string,
  token: string,
  query: Record<string, string> = {},
): Promise<{ join: JoinResponse; socket: WebSocket }> {
  const all = { access_token: token, protocol: '16', sdk: 'js', ...query };
  const socket = new WebSocket(address(livekitUrl, 'ws', '/rtc', all));
  // Closing a socket that is still connecting makes it report an error, which nobody else would then hear.
  socket.on('error', () => {});
  try {
    const limit = AbortSignal.timeout(LIMIT_MS);
    const [frame] = await Promise.race([once(socket, 'message', { signal: limit }), endOf(socket, limit)]);
    const { message } = SignalResponse.fromBinary(frame);
    if (message.case !== 'join') throw new Error(`LiveKit answered ${message.case} before join`);
    return { join: message.value, socket };
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** A server that ends in the middle says nothing more, and would be waited for. */
async function endOf(socket: WebSocket, signal: AbortSignal): Promise<never> {
  const [code] = await once(socket, 'close', { signal });
  throw new Error(`LiveKit ended the connection with ${code} before join`);
}

/** What a WebSocket at this path is answered instead of being opened: 101 where it is opened after all. */
export async function upgradeStatus(livekitUrl: string, path: string, token: string): Promise<number | undefined> {
  const socket = new WebSocket(address(livekitUrl, 'ws', path), { headers: { authorization: `Bearer ${token}` } });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
      socket.on('error', reject);
    });
  } finally {
    socket.terminate();
  }
}

/** Calls LiveKit's server API, and gives the status and the error code of its answer, or its text where that has none. */
export async function callServerApi(
  livekitUrl: string,
  token: string,
  method: `${string}/${string}`,
  body: object,
): Promise<{ status: number; code: unknown }> {
  const response = await fetch(address(livekitUrl, 'http', `/twirp/livekit.${method}`), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, code: json ? JSON.parse(text).code : text };
}

function address(livekitUrl: string, scheme: 'http' | 'ws', path: string, query: Record<string, string> = {}): URL {
  const url = new URL(path, livekitUrl.replace(/^(http|ws)/, scheme));
  url.search = new URLSearchParams(query).toString();
  return url;
}
