import { Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import type { Environment } from './config/environment.js';
import { extensions } from './extensions.js';
import { ServerAdapter } from './server/server.adapter.js';

/** Creates the application and listens. */
export async function startService(): Promise<void> {
  const system = AppModule.with(extensions);
  const app = setUpApp(await NestFactory.create<NestExpressApplication>(system, new ServerAdapter(), APP_OPTIONS));
  await extensions.configure?.(app);
  const port = app.get<ConfigService<Environment, true>>(ConfigService).get('SERVER_PORT', { infer: true });
  await app.listen(port);
  Logger.log(`Listening on ${await app.getUrl()}`, 'Main');
}
