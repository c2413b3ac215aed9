/** The edge of HTTP around the modules, the same for the running service and for its tests. */
import type { NestApplicationOptions } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { NestExpressApplication } from '@nestjs/platform-express';

import type { Environment } from './config/environment.js';
import { crossOrigin } from './server/cors.middleware.js';
import { duplicateSlashesMiddleware } from './server/duplicate-slashes.middleware.js';
import { jsonBody } from './server/json-body.middleware.js';
import { requestContext } from './server/request-context.middleware.js';
import { securityHeadersMiddleware } from './server/security-headers.middleware.js';
import { ServiceLogger } from './logging/service.logger.js';
import { HttpMetrics } from './metrics/http.metrics.js';
import { ApiDocument } from './openapi/api.document.js';
import { WEBHOOK_PATH, webhookBody } from './webhook/webhook-body.middleware.js';
import { WebhookVerifier } from './webhook/webhook.verifier.js';

export const APP_OPTIONS: NestApplicationOptions = {
  abortOnError: false,
  bodyParser: false,
  // Flushed to our logger below; what stops the start before that is main.ts's to tell.
  bufferLogs: true,
  autoFlushLogs: false,
  // A team's route that collides with one of ours, or of its own, stops the start instead of never being reached.
  routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
};

/** Readies an application before `init`; the order below is the order in which a request passes. */
export function setUpApp(app: NestExpressApplication): NestExpressApplication {
  const config = app.get<ConfigService<Environment, true>>(ConfigService);
  const trustProxy = config.get('TRUST_PROXY', { infer: true });
  app.useLogger(app.get(ServiceLogger));
  app.flushLogs();
  app.set('trust proxy', trustProxy);
  app.disable('x-powered-by');
  // Answers are made anew each time, so hashing them for a 304 is work for nothing.
  app.set('etag', false);
  app.set('query parser', 'simple');

  app.use(app.get(HttpMetrics).middleware);
  app.use(requestContext({ behindProxy: trustProxy !== false }));
  app.use(duplicateSlashesMiddleware);
  app.use(securityHeadersMiddleware);
  app.use(crossOrigin(config.get('CORS_ORIGINS', { infer: true })));
  app.use(WEBHOOK_PATH, webhookBody(app.get(WebhookVerifier)));
  app.use(jsonBody());

  app.get(ApiDocument).describe(app);

  // Exits 0 once all is answered: what was asked for by a signal is no failure.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
