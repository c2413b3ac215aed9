/** Configures the application: options, middleware and shutdown. The service and its tests share it. */
import type { NestApplicationOptions } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { NestExpressApplication } from '@nestjs/platform-express';

import type { Environment } from './config/environment.js';
import { GATE_PATH } from './access/access.routes.js';
import { crossOrigin } from './server/cors.middleware.js';
import { duplicateSlashesMiddleware } from './server/duplicate-slashes.middleware.js';
import { exceptBelow } from './server/except-below.js';
import { serverSpans } from './server/http-server.span.js';
import { jsonBody } from './server/json-body.middleware.js';
import { requestContext } from './server/request-context.middleware.js';
import { securityHeadersMiddleware } from './server/security-headers.middleware.js';
import { ErrorFormatRegistry } from './errors/error-format.registry.js';
import { activeTracer } from './telemetry/tracing.js';
import { ServiceLogger } from './logging/service.logger.js';
import { HttpMetrics } from './metrics/http.metrics.js';
import { ApiDocument } from './openapi/api.document.js';
import { WEBHOOK_PATH, webhookBody } from './webhook/webhook-body.middleware.js';
import { WebhookVerifier } from './webhook/webhook.verifier.js';

export const APP_OPTIONS: NestApplicationOptions = {
  abortOnError: false,
  bodyParser: false,
  // Flushed to our logger below. main.ts reports errors that stop the start before that.
  bufferLogs: true,
  autoFlushLogs: false,
  // A route of a team that collides with another one stops the start.
  routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
};

/** Prepares an application before `init`. Requests pass the middleware in this order. */
export function setUpApp(app: NestExpressApplication): NestExpressApplication {
  const config = app.get<ConfigService<Environment, true>>(ConfigService);
  const trustProxy = config.get('TRUST_PROXY', { infer: true });
  app.useLogger(app.get(ServiceLogger));
  app.flushLogs();
  app.set('trust proxy', trustProxy);
  app.disable('x-powered-by');
  // Every response is different, so ETags would only cost CPU time.
  app.set('etag', false);
  app.set('query parser', 'simple');

  app.use(app.get(HttpMetrics).middleware);
  const tracer = activeTracer();
  const startSpan = tracer && serverSpans(tracer, app.get(ErrorFormatRegistry));
  app.use(requestContext({ behindProxy: trustProxy !== false, startSpan }));
  app.use(duplicateSlashesMiddleware);
  app.use(securityHeadersMiddleware);
  // Proxies call the gate with the method and headers of their clients: an OPTIONS request is no preflight there.
  app.use(exceptBelow(GATE_PATH, crossOrigin(config.get('CORS_ORIGINS', { infer: true }))));
  app.use(WEBHOOK_PATH, webhookBody(app.get(WebhookVerifier)));
  app.use(exceptBelow(GATE_PATH, jsonBody()));

  app.get(ApiDocument).describe(app);

  // Exits with 0 after the drain.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
