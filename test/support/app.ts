/** Starts the whole application on a free port, as main.ts does, with the environment and the modules a test states. */
import { afterAll } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';

import { AppModule } from '../../src/app.module.js';
import { APP_OPTIONS, setUpApp } from '../../src/app.setup.js';
import type { Extensions } from '../../src/service.options.js';
import type { ConnectionLimits } from '../../src/server/connection-limits.js';
import { ServerAdapter } from '../../src/server/server.adapter.js';

import { setEnvironment, type Settings } from './environment.js';
import { type CapturedOutput, captureOutput } from './output.js';

export interface RunningApp {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly output: CapturedOutput;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  readonly close: () => Promise<void>;
}

const running = new Set<RunningApp>();

// What a failed test has left would keep the process alive, and its output would hide why the test failed.
afterAll(async () => {
  for (const service of running) await service.close();
});

/** `extended` is what a team's extensions.ts would hold. */
export async function startApp(
  settings: Settings = {},
  extended: Partial<Extensions> = {},
  limits: Partial<ConnectionLimits> = {},
): Promise<RunningApp> {
  setEnvironment({ LOG_FORMAT: 'json', ...settings });
  const output = captureOutput();
  try {
    const system = AppModule.register({ modules: [], ...extended });
    const module = await Test.createTestingModule({ imports: [system] }).compile();
    const app = setUpApp(
      module.createNestApplication<NestExpressApplication>(
        new ServerAdapter({ drainGrace: 0, ...limits }),
        APP_OPTIONS,
      ),
    );
    await extended.configure?.(app);
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
    const service: RunningApp = {
      url,
      app,
      output,
      post: (path, body, headers = {}) =>
        fetch(url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      close: async () => {
        running.delete(service);
        await app.close();
        output.release();
      },
    };
    running.add(service);
    return service;
  } catch (error) {
    output.release();
    throw error;
  }
}
