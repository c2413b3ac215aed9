/** Asks the gate as the proxies do, and signs the tokens that their clients bring. */
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request as send } from 'node:http';
import { text } from 'node:stream/consumers';

import { type JWTPayload, SignJWT } from 'jose';

export interface Question {
  /** As nginx passes it. */
  readonly uri?: string | undefined;
  readonly headers?: OutgoingHttpHeaders;
  /** What follows the path of the gate, as Envoy asks. */
  readonly below?: string;
  readonly method?: string;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** `X-Gate-Reason`. */
  readonly reason: string | undefined;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export async function askGate(
  base: string,
  { uri, headers = {}, below = '', method = 'GET', body }: Question,
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const sent = send({
    hostname,
    port,
    method,
    path: `/livekit/gate${below}`,
    headers: { ...(uri !== undefined && { 'X-Original-URI': uri }), ...headers },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const reason = response.headers['x-gate-reason'];
  return {
    status: response.statusCode ?? 0,
    reason: typeof reason === 'string' ? reason : undefined,
    body: await text(response),
    headers: response.headers,
  };
}

export interface TokenOptions {
  readonly key?: string;
  readonly secret?: string;
  readonly alg?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A token that LiveKit accepts, by the same key as the service's. */
export function joinToken(
  room: string,
  identity: string,
  video: object = {},
  options: TokenOptions = {},
): Promise<string> {
  const { key = 'devkey', secret = 'secret', alg = 'HS256', claims = {} } = options;
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: key,
    sub: identity,
    nbf: now,
    exp: now + 600,
    video: { roomJoin: true, room, ...video },
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
}
