/** Responds with 404 unless DOCS_ENABLED is set. */
import { type CanActivate, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

@Injectable()
export class DocsGuard implements CanActivate {
  constructor(private readonly config: ConfigService<Environment, true>) {}

  canActivate(): boolean {
    if (!this.config.get('DOCS_ENABLED', { infer: true })) {
      throw new ProblemException('NOT_FOUND');
    }
    return true;
  }
}
