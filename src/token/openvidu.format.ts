import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';

import type { Problem } from '../errors/problem.js';

import type { TokenErrorFormat } from './token-route.decorator.js';
import { TOKEN_OPTIONS } from './token.module-definition.js';
import type { ResponseFormat, TokenOptions } from './token.options.js';

/** Writes tokens and errors of POST /token. */
@Injectable()
export class OpenViduFormat implements TokenErrorFormat {
  private readonly format: ResponseFormat;

  constructor(@Inject(TOKEN_OPTIONS) { responseFormat = 'string' }: TokenOptions) {
    this.format = responseFormat;
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
