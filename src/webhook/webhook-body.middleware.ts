/** Keeps the body of a webhook as the bytes that were signed, and reads it only for those who can sign. */
import { raw, type RequestHandler } from 'express';

import type { WebhookVerifier } from './webhook.verifier.js';

export const WEBHOOK_PATH = '/livekit/webhook';

/**
 * LiveKit takes a refusal for a delivery, so whatever it may send has to fit: the metadata of a room and of a participant,
 * 512 KiB each, and 64 KiB of attributes, with every byte escaped as six at worst.
 */
const BODY_LIMIT = '8mb';

/** To be mounted at WEBHOOK_PATH, before any other parser. */
export function webhookBody(verifier: WebhookVerifier): RequestHandler {
  const read = raw({ type: ['application/json', 'application/*+json'], limit: BODY_LIMIT, inflate: false });
  return async (request, response, next) => {
    // A team may have routes beside ours.
    if (request.method !== 'POST' || request.path !== '/') return next();
    // The handler verifies all of it. This is for those who would fill our memory.
    await verifier.signedHash(request.headers.authorization);
    // The sender has gone meanwhile: the parser would read nothing, and there is nobody to tell.
    if (request.destroyed || !request.socket.readable) return;
    read(request, response, next);
  };
}
