/** The form of POST /token's answers, as OpenVidu's clients read them: TOKEN_RESPONSE_FORMAT for tokens and failures alike. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../http/problem.js';
import { type RouteContract, RouteContracts } from '../http/route-contracts.js';

import { JoinService } from './join.service.js';

type Format = Environment['TOKEN_RESPONSE_FORMAT'];

@Injectable()
export class OpenViduContract implements RouteContract {
  readonly path = '/token';
  private readonly format: Format;

  constructor(
    config: ConfigService<Environment, true>,
    contracts: RouteContracts,
    private readonly joins: JoinService,
  ) {
    this.format = config.get('TOKEN_RESPONSE_FORMAT', { infer: true });
    contracts.add(this);
  }

  renderToken(token: string, response: Response): void {
    response.setHeader('cache-control', 'no-store');
    this.render(token, { token }, response);
  }

  renderFailure({ detail }: Problem, response: Response): void {
    // Strict clients decode the object as a map of strings: no other key, and no value of another type.
    this.render(detail, { errorMessage: detail }, response);
  }

  onFailure(problem: Problem): void {
    this.joins.refused(this.path, problem);
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
