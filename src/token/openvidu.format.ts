import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../errors/problem.js';

import type { TokenErrorFormat } from './token-route.decorator.js';

type Format = Environment['TOKEN_RESPONSE_FORMAT'];

/** Writes tokens and errors of POST /token in TOKEN_RESPONSE_FORMAT. */
@Injectable()
export class OpenViduFormat implements TokenErrorFormat {
  private readonly format: Format;

  constructor(config: ConfigService<Environment, true>) {
    this.format = config.get('TOKEN_RESPONSE_FORMAT', { infer: true });
  }

  renderToken(token: string, response: Response): void {
    response.setHeader('cache-control', 'no-store');
    this.render(token, { token }, response);
  }

  renderError({ detail }: Problem, response: Response): void {
    // OpenVidu's iOS client decodes a map of strings: other keys or types break it.
    this.render(detail, { errorMessage: detail }, response);
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
