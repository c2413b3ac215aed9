/** Sends webhooks as LiveKit does: raw bytes, their hash in a signed token, no scheme before it; or differently on demand. */
import { createHash } from 'node:crypto';

import { type JWTPayload, SignJWT } from 'jose';

export interface WebhookOptions {
  readonly key?: string;
  readonly secret?: string;
  /** Claims to set otherwise; undefined leaves one out. */
  readonly claims?: JWTPayload & { readonly sha256?: unknown };
  readonly alg?: string;
  /** Instead of the signed token. */
  readonly authorization?: string;
  /** Seconds by which LiveKit's clock is ahead of ours. */
  readonly skew?: number;
  readonly headers?: Record<string, string>;
  /** What is signed, where it is not what is sent. */
  readonly signedBody?: string;
}

/** An event as LiveKit words it; with this id, to be sent more than once. */
export function eventBody(event: string, content: object = {}, id: string = newId()): string {
  return JSON.stringify({ event, id, createdAt: String(Math.floor(Date.now() / 1000)), ...content });
}

let count = 0;
export function newId(): string {
  count += 1;
  return `EV_${process.pid}_${count}`;
}

export async function signWebhook(body: string | Uint8Array, options: WebhookOptions = {}): Promise<string> {
  const { key = 'devkey', secret = 'secret', claims = {}, alg = 'HS256', skew = 0 } = options;
  const now = Math.floor(Date.now() / 1000) + skew;
  const sha256 = createHash('sha256').update(body).digest('base64');
  const payload = { iss: key, nbf: now, iat: now, exp: now + 300, sha256, ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

export async function sendWebhook(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  options: WebhookOptions = {},
): Promise<Response> {
  const authorization = options.authorization ?? (await signWebhook(options.signedBody ?? body, options));
  return fetch(`${url}/livekit/webhook`, {
    method: 'POST',
    redirect: 'error',
    headers: {
      'content-type': 'application/webhook+json',
      ...(authorization && { authorization }),
      ...options.headers,
    },
    body,
  });
}

/** What a webhook is answered, of a failure its code. */
export async function answerTo(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  options: WebhookOptions = {},
): Promise<[status: number, code?: string]> {
  const response = await sendWebhook(url, body, options);
  const text = await response.text();
  return text === '' ? [response.status] : [response.status, (JSON.parse(text) as { code: string }).code];
}
