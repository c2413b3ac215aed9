/** The form of POST /token's answers, as OpenVidu's clients read them: TOKEN_RESPONSE_FORMAT for tokens and failures alike. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../errors/problem.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { AdmissionService } from './admission.service.js';

type Format = Environment['TOKEN_RESPONSE_FORMAT'];

@Injectable()
export class OpenViduFormat implements ErrorFormat {
  readonly path = '/token';
  private readonly format: Format;

  constructor(
    config: ConfigService<Environment, true>,
    formats: ErrorFormatRegistry,
    private readonly admissions: AdmissionService,
  ) {
    this.format = config.get('TOKEN_RESPONSE_FORMAT', { infer: true });
    formats.add(this);
  }

  renderToken(token: string, response: Response): void {
    response.setHeader('cache-control', 'no-store');
    this.render(token, { token }, response);
  }

  renderError({ detail }: Problem, response: Response): void {
    // Strict clients decode the object as a map of strings: no other key, and no value of another type.
    this.render(detail, { errorMessage: detail }, response);
  }

  onError(problem: Problem): void {
    this.admissions.refused(this.path, problem);
  }

  private render(text: string, object: Record<string, string>, response: Response): void {
    const [type, body] =
      this.format === 'text'
        ? ['text/plain', text]
        : ['application/json', JSON.stringify(this.format === 'string' ? text : object)];
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.end(body);
  }
}
