/** GET / and all that the page there consists of, where PLAYGROUND_ENABLED has it; elsewhere there are no such routes. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import { AdmittingRules } from './admitting-rules.service.js';
import { PageJourneys } from './page-journeys.service.js';
import { pageHeaders } from './page.headers.js';
import { fileOf, liveKitClient, PAGE } from './playground.files.js';

@Injectable()
export class PlaygroundRoutes implements OnModuleInit {
  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly host: HttpAdapterHost<ExpressAdapter>,
    private readonly rules: AdmittingRules,
    private readonly journeys: PageJourneys,
  ) {}

  /** Routes of Express, which come after those of controllers: see docs/decisions/playground-routes.md. */
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
    app.get('/playground/rules/:requestId', ({ params }, response, next) => {
      const rule = this.rules.of(params.requestId);
      if (rule === undefined) next(new ProblemException('NOT_FOUND'));
      else response.set('Cache-Control', 'no-store').json(rule);
    });
    app.get('/playground/journeys/:requestId', async ({ params }, response, next) => {
      const journey = await this.journeys.of(params.requestId);
      if (journey === undefined) next(new ProblemException('NOT_FOUND'));
      else response.set('Cache-Control', 'no-store').json(journey);
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

  /** Public: contains no secret. */
  private settings(): object {
    return {
      authentication: this.config.get('AUTH_MODE', { infer: true }),
      liveKitUrl: this.config.get('LIVEKIT_URL', { infer: true })?.replace(/^http/, 'ws') ?? null,
      liveKitClient: liveKitClient().address,
      rules: this.config.get('RULES_SHOWN', { infer: true }),
      journeys: this.config.get('JOURNEYS_SHOWN', { infer: true }),
      docs: this.config.get('DOCS_ENABLED', { infer: true }),
    };
  }
}
