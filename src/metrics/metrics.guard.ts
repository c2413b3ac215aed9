/** Requires METRICS_TOKEN as bearer token. Without the variable, the route is open outside production and closed in production. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request, Response } from 'express';

import { bearerToken, challenge } from '../auth/bearer.js';
import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

@Injectable()
export class MetricsGuard implements CanActivate {
  private readonly token: Buffer | undefined;
  private readonly open: boolean;

  constructor(config: ConfigService<Environment, true>) {
    const token = config.get('METRICS_TOKEN', { infer: true });
    this.token = token === undefined ? undefined : digestOf(token);
    this.open = config.get('METRICS_OPEN', { infer: true });
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.open) return true;
    if (this.token === undefined) throw new ProblemException('NOT_FOUND');
    try {
      verify(context.switchToHttp().getRequest<Request>(), this.token);
      return true;
    } catch (error) {
      const header = error instanceof ProblemException ? challenge(error) : undefined;
      if (header !== undefined) context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', header);
      throw error;
    }
  }
}

function verify({ headers }: Request, token: Buffer): void {
  const given = bearerToken(headers.authorization);
  if (given === undefined) throw new ProblemException('AUTHENTICATION_REQUIRED');
  if (!timingSafeEqual(digestOf(given), token)) {
    throw new ProblemException('INVALID_TOKEN');
  }
}

/** Hashed, since `timingSafeEqual` needs inputs of equal length. */
const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
