import { raw, type RequestHandler } from 'express';

import type { WebhookVerifier } from './webhook.verifier.js';

export const WEBHOOK_PATH = '/livekit/webhook';

/**
 * LiveKit does not repeat a webhook that gets 413, so the largest possible event must fit: 512 KiB of metadata of a
 * room, 512 KiB of a participant and 64 KiB of attributes, each byte escaped as six.
 */
const BODY_LIMIT = '8mb';

/** Reads the body of a webhook as bytes into `request.body`. Leaves a body of another type, or one that was read, as it is. */
export const readBytes: RequestHandler = raw({
  type: ['application/json', 'application/*+json'],
  limit: BODY_LIMIT,
  inflate: false,
});

/** Reads the body as the signed bytes. Mounted at WEBHOOK_PATH, before any other body parser. */
export function webhookBody(verifier: WebhookVerifier): RequestHandler {
  return async (request, response, next) => {
    // Routes of a team below this path keep their own body parsers.
    if (request.method !== 'POST' || request.path !== '/') return next();
    // Only senders with a valid signature may make the process buffer 8 MB. The handler verifies the hash of the body.
    await verifier.signedHash(request.headers.authorization);
    // The sender has closed the connection: there is no body to read and no response to write.
    if (request.destroyed || !request.socket.readable) return;
    readBytes(request, response, next);
  };
}
