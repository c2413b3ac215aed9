import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';

import { HandlerMark } from '../auth/handler-mark.js';
import type { Environment } from '../config/environment.js';
import { currentContext } from '../logging/request-context.js';

import { networkOf } from './client-network.js';
import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

/** RATE_LIMIT_PER_ADDRESS. Runs before authentication, so that refused requests cost no verification of signatures. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  private readonly limit: RateLimit;
  private readonly limited: HandlerMark;

  constructor(
    config: ConfigService<Environment, true>,
    reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    this.limited = new HandlerMark(reflector, RateLimited);
    this.limit = { name: 'address', requestsPerMinute: config.get('RATE_LIMIT_PER_ADDRESS', { infer: true }) };
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    if (this.limit.requestsPerMinute === 0) return true;
    if (!this.limited.isOn(context)) return true;
    const { address = '' } = currentContext() ?? {};
    return this.limiter.admit(context.switchToHttp().getResponse<Response>(), this.limit, networkOf(address));
  }
}
