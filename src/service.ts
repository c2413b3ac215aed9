import { Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import type { Environment } from './config/environment.js';
import { ServerAdapter } from './server/server.adapter.js';
import type { Extensions } from './service.options.js';
import { start } from './start.js';

/**
 * Starts the service with a team's modules. It listens on `SERVER_PORT`, and ends on SIGTERM and SIGINT after the requests in flight. If it
 * cannot start, for example because a variable is invalid, the reason is written to stderr and the process exits with 1.
 *
 * @example
 * await startService({ modules: [BookingsModule] });
 */
export function startService(extensions: Partial<Extensions> = {}): Promise<NestExpressApplication> {
  return start(() => listen(extensions));
}

/** Creates the application and listens. */
export async function listen(extensions: Partial<Extensions>): Promise<NestExpressApplication> {
  const system = AppModule.register(extensions);
  const app = setUpApp(await NestFactory.create<NestExpressApplication>(system, new ServerAdapter(), APP_OPTIONS));
  await extensions.configure?.(app);
  const port = app.get<ConfigService<Environment, true>>(ConfigService).get('SERVER_PORT', { infer: true });
  await app.listen(port);
  Logger.log(`Listening on ${await app.getUrl()}`, 'Main');
  return app;
}
