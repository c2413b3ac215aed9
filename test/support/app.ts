/** Starts the whole application on a free port, as main.ts does, with the environment and the modules a test states. */
import type { ModuleMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';

import { AppModule } from '../../src/app.module.js';
import { APP_OPTIONS, setUpApp } from '../../src/app.setup.js';
import { ServerAdapter } from '../../src/http/server.adapter.js';

import { setEnvironment, type Settings } from './environment.js';
import { type CapturedOutput, captureOutput } from './output.js';

export interface RunningApp {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly output: CapturedOutput;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface AppOptions {
  /** Modules of a team, as extensions.ts would list them. */
  readonly modules?: ModuleMetadata['imports'];
}

export async function startApp(settings: Settings = {}, { modules = [] }: AppOptions = {}): Promise<RunningApp> {
  setEnvironment({ LOG_FORMAT: 'json', ...settings });
  const output = captureOutput();
  try {
    const module = await Test.createTestingModule({ imports: [AppModule, ...modules] }).compile();
    const app = setUpApp(module.createNestApplication<NestExpressApplication>(new ServerAdapter(), APP_OPTIONS));
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
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
      close: async () => {
        await app.close();
        output.release();
      },
    };
  } catch (error) {
    output.release();
    throw error;
  }
}
