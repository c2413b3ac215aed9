/** Sends webhooks as LiveKit does: the SHA-256 of the body in a signed token, which `Authorization` has without a scheme. */
import { createHash } from 'node:crypto';

import { type JWTPayload, SignJWT } from 'jose';

/** How a webhook differs from one that LiveKit with its development keys sends. */
export interface WebhookOptions {
  /** The API key. Default: `devkey`. */
  readonly key?: string;
  /** The API secret. Default: `secret`. */
  readonly secret?: string;
  /** Claims of the signed token to add or to set otherwise; those that are undefined are left out. */
  readonly claims?: JWTPayload & { readonly sha256?: unknown };
  /** Default: `HS256`. */
  readonly alg?: string;
  /** Replaces the signed token; an empty one leaves the header out. */
  readonly authorization?: string;
  /** Seconds by which LiveKit's clock is ahead of this machine's. */
  readonly skew?: number;
  readonly headers?: Record<string, string>;
  /** The body that is signed, if it is not the one that is sent. */
  readonly signedBody?: string;
}

/**
 * The body of a webhook.
 *
 * @param event such as `participant_joined`.
 * @param content such as `{ room: { sid: 'RM_1', name: 'daily' } }`, in LiveKit's JSON.
 * @param id The service handles an event once: two with the same id are duplicates. Default: a new one.
 */
export function eventBody(event: string, content: object = {}, id: string = newId()): string {
  return JSON.stringify({ event, id, createdAt: String(Math.floor(Date.now() / 1000)), ...content });
}

let count = 0;

/** An event id that this process has not used. */
export function newId(): string {
  count += 1;
  return `EV_${process.pid}_${count}`;
}

/** The token of a webhook with this body. */
export async function signWebhook(body: string | Uint8Array, options: WebhookOptions = {}): Promise<string> {
  const { key = 'devkey', secret = 'secret', claims = {}, alg = 'HS256', skew = 0 } = options;
  const now = Math.floor(Date.now() / 1000) + skew;
  const sha256 = createHash('sha256').update(body).digest('base64');
  const payload = { iss: key, nbf: now, iat: now, exp: now + 300, sha256, ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

/**
 * Sends a webhook to `/livekit/webhook` of the service, as LiveKit does.
 *
 * @param url of the service, without a path.
 *
 * @example
 * ```ts
 * const response = await sendWebhook(service.url, eventBody('room_started', { room: { sid: 'RM_1', name: 'daily' } }));
 * ```
 */
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

/** Sends a webhook, and returns the status of the response and, for an error, its code. */
export async function answerTo(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  options: WebhookOptions = {},
): Promise<[status: number, code?: string]> {
  const response = await sendWebhook(url, body, options);
  const text = await response.text();
  return text === '' ? [response.status] : [response.status, (JSON.parse(text) as { code: string }).code];
}
