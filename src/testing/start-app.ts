import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from '../app.module.js';
import { APP_OPTIONS, setUpApp } from '../app.setup.js';
import { ServiceLogger } from '../logging/service.logger.js';
import type { ConnectionLimits } from '../server/connection-limits.js';
import { ServerAdapter } from '../server/server.adapter.js';
import type { Extensions } from '../service.options.js';

import { restoreEnvironment, setEnvironment, type Settings } from './environment.js';
import { forget, remember } from './running.js';
import { OutputCollector, type ServiceOutput } from './service-output.js';

/** The service in the process of the test. */
export interface RunningApp {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** For `app.get(MyService)`. */
  readonly app: NestExpressApplication;
  readonly output: ServiceOutput;
  /** Sends an object as JSON, and a string as it is. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  /** Stops the service. It may be called again. */
  readonly close: () => Promise<void>;
}

let count = 0;

/**
 * Starts the whole service with a team's modules on a free port of 127.0.0.1, as `startService` does: guards, pipes, rules and routes
 * are those of production.
 *
 * @param settings the environment of the service. Variables of the service that are not in here have their defaults, whatever the shell
 *   and `.env` say. Until `close`, `process.env` has the settings. `LOG_FORMAT` is `json` by default.
 * @param extended modules, and what `configure` does before the service listens.
 * @param limits of connections, for tests of slow clients.
 * @throws the error that would stop the start, such as that of a setting that is invalid.
 *
 * @example
 * ```ts
 * const service = await startApp({ BOOKED_ROOMS: 'daily' }, { modules: [BookingsModule] });
 * const response = await service.post('/token', { roomName: 'daily', participantName: 'Alice' });
 * await service.close();
 * ```
 */
export async function startApp(
  settings: Settings = {},
  extended: Partial<Extensions> = {},
  limits: Partial<ConnectionLimits> = {},
): Promise<RunningApp> {
  setEnvironment({ LOG_FORMAT: 'json', ...settings });
  count += 1;
  try {
    const system = AppModule.register(extended);
    const adapter = new ServerAdapter({ drainGrace: 0, ...limits });
    const app = await NestFactory.create<NestExpressApplication>(system, adapter, APP_OPTIONS);
    const output = new OutputCollector();
    output.collect(app.get(ServiceLogger));
    return await listen(setUpApp(app), output, extended);
  } catch (error) {
    // Nest keeps what it logged until there is a logger; the next application would write it.
    Logger.overrideLogger(false);
    Logger.flush();
    ended();
    throw error;
  }
}

async function listen(
  app: NestExpressApplication,
  output: ServiceOutput,
  extended: Partial<Extensions>,
): Promise<RunningApp> {
  let closed: Promise<void> | undefined;
  const started = { stop: () => close() };
  const close = (): Promise<void> => {
    forget(started);
    closed ??= app.close().finally(ended);
    return closed;
  };
  try {
    await extended.configure?.(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  remember(started);
  return {
    url,
    app,
    output,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close,
  };
}

/** The environment is that of the process: it is given back with the last application. */
function ended(): void {
  count -= 1;
  if (count === 0) restoreEnvironment();
}
