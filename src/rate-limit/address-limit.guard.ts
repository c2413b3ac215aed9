import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import { currentContext } from '../logging/request-context.js';

import { networkOf } from './client-network.js';
import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

/** RATE_LIMIT_PER_ADDRESS. Runs before authentication, so that refused requests cost no verification of signatures. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  private readonly limit: RateLimit;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    this.limit = { name: 'address', requestsPerMinute: config.get('RATE_LIMIT_PER_ADDRESS', { infer: true }) };
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    if (this.limit.requestsPerMinute === 0) return true;
    if (!this.reflector.getAllAndOverride(RateLimited, [context.getHandler(), context.getClass()])) return true;
    const { address = '' } = currentContext() ?? {};
    return this.limiter.admit(context.switchToHttp().getResponse<Response>(), this.limit, networkOf(address));
  }
}
