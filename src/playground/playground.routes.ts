/** GET / and all that the page there consists of, where PLAYGROUND_ENABLED has it; elsewhere there are no such routes. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import { pageHeaders } from './page.headers.js';
import { fileOf, liveKitClient, PAGE } from './playground.files.js';

@Injectable()
export class PlaygroundRoutes implements OnModuleInit {
  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly host: HttpAdapterHost<ExpressAdapter>,
  ) {}

  /**
   * Express's own routes, and not a controller's: they come after all of those, so that a team's page at / takes the place of
   * ours, where two controllers would stop the start, even with this one off.
   */
  onModuleInit(): void {
    if (!this.config.get('PLAYGROUND_ENABLED', { infer: true })) return;
    const app = this.host.httpAdapter.getInstance<Express>();
    const headers = pageHeaders(this.config.get('LIVEKIT_URL', { infer: true }));

    app.get('/', (_request, response) => {
      response.set(headers).sendFile(PAGE.name, { root: PAGE.root, cacheControl: false });
    });
    app.get('/playground/settings.json', (_request, response) => {
      response.set('Cache-Control', 'no-store').json(this.settings());
    });
    app.get('/playground/:file', ({ params }, response, next) => {
      const { address, file: client } = liveKitClient();
      if (params.file === address) {
        response.sendFile(client.name, { root: client.root, immutable: true, maxAge: '1y' });
        return;
      }
      const file = fileOf(params.file);
      if (file === undefined) next(new ProblemException('NOT_FOUND'));
      else response.set('Cache-Control', 'no-cache').sendFile(file.name, { root: file.root, cacheControl: false });
    });
  }

  /** What the page has to know of this service, and everybody who sees it may. */
  private settings(): object {
    return {
      authentication: this.config.get('AUTH_MODE', { infer: true }),
      liveKitUrl: this.config.get('LIVEKIT_URL', { infer: true })?.replace(/^http/, 'ws') ?? null,
      liveKitClient: liveKitClient().address,
      docs: this.config.get('DOCS_ENABLED', { infer: true }),
    };
  }
}
