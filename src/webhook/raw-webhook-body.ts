import type { INestApplicationContext } from '@nestjs/common';
import type { RequestHandler } from 'express';

import { readBytes } from './webhook-body.middleware.js';
import { WebhookVerifier } from './webhook.verifier.js';

/**
 * Middleware for applications with a body parser that reads `application/webhook+json` and does not keep the bytes: reads signed webhooks of
 * up to 8 MiB at the path at which it is mounted, before that parser. Requests without a valid signature are left to the parser.
 *
 * @example
 * const app = await NestFactory.create(AppModule, { bodyParser: false });
 * app.use('/hooks/livekit', rawWebhookBody(app));
 * app.use(express.json({ type: '*' + '/*' }));
 */
export function rawWebhookBody(app: INestApplicationContext): RequestHandler {
  const verifier = app.get(WebhookVerifier);
  return async (request, response, next) => {
    if (request.method !== 'POST' || request.path !== '/') return next();
    try {
      await verifier.signedHash(request.headers.authorization);
    } catch {
      // The controller refuses it, in the format of its errors.
      return next();
    }
    readBytes(request, response, next);
  };
}
