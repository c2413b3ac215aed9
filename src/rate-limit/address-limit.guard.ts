/** RATE_LIMIT_PER_ADDRESS: comes before authentication, so that refusing what is too much costs neither keys nor signatures. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';

import type { Environment } from '../config/environment.js';
import { currentContext } from '../logging/request-context.js';
import { RouteMark } from '../auth/route-mark.js';

import { networkOf } from './client-network.js';
import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

@Injectable()
export class AddressLimitGuard implements CanActivate {
  private readonly limit: RateLimit;
  private readonly limited: RouteMark;

  constructor(
    config: ConfigService<Environment, true>,
    reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    this.limited = new RouteMark(reflector, RateLimited);
    this.limit = { name: 'address', requestsPerMinute: config.get('RATE_LIMIT_PER_ADDRESS', { infer: true }) };
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.limit.requestsPerMinute === 0) return true;
    if (!this.limited.isOn(context)) return true;
    const { address = '' } = currentContext() ?? {};
    return this.limiter.admit(context.getArgByIndex<Response>(1), this.limit, networkOf(address));
  }
}
