/** Starts the service, or writes to stderr why it does not start. */
import { Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import { EnvironmentError } from './config/environment.error.js';
import type { Environment } from './config/environment.js';
import { extensions } from './extensions.js';
import { standardOutput } from './logging/line-buffer.js';
import { ServerAdapter } from './server/server.adapter.js';

async function start(): Promise<void> {
  const system = AppModule.with(extensions);
  const app = setUpApp(await NestFactory.create<NestExpressApplication>(system, new ServerAdapter(), APP_OPTIONS));
  await extensions.configure?.(app);
  const port = app.get<ConfigService<Environment, true>>(ConfigService).get('SERVER_PORT', { infer: true });
  await app.listen(port);
  Logger.log(`Listening on ${await app.getUrl()}`, 'Main');
}

type StartFailure = NodeJS.ErrnoException & { readonly port?: number };

/** Reports misconfiguration without a stack trace. */
function reasonOf(error: StartFailure): string | undefined {
  if (error instanceof EnvironmentError) return error.message;
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port} is taken (EADDRINUSE), maybe by the service itself: stop what runs there, or set SERVER_PORT.`;
  }
  return error.stack;
}

try {
  await start();
} catch (error) {
  // Connections and timers that were opened before the failure would keep the process alive.
  standardOutput.flush();
  process.stderr.write(`The service did not start. ${reasonOf(error as StartFailure)}\n`, () => process.exit(1));
}
