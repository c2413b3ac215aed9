import { hash, timingSafeEqual } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request } from 'express';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

/** Requires GATE_TOKEN in the header X-Gate-Token, if it is set. */
@Injectable()
export class GateGuard implements CanActivate {
  private readonly digest: Buffer | undefined;

  constructor(config: ConfigService<Environment, true>) {
    const token = config.get('GATE_TOKEN', { infer: true });
    this.digest = token === undefined ? undefined : digestOf(token);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.digest === undefined) return true;
    const given = context.switchToHttp().getRequest<Request>().headers['x-gate-token'];
    if (typeof given === 'string' && timingSafeEqual(digestOf(given), this.digest)) return true;
    throw new ProblemException('GATE_TOKEN_INVALID');
  }
}

/** Hashed, since `timingSafeEqual` needs inputs of equal length. */
const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer');
