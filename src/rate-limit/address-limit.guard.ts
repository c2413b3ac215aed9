/** RATE_LIMIT_PER_ADDRESS: comes before authentication, so that refusing what is too much costs neither keys nor signatures. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import type { Environment } from '../config/environment.js';

import { networkOf } from './client-network.js';
import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

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
    if (this.limit.requestsPerMinute === 0) return true;
    if (!this.reflector.getAllAndOverride(RateLimited, [context.getHandler(), context.getClass()])) return true;
    const http = context.switchToHttp();
    // As TRUST_PROXY lets Express see it, and nothing that the client says.
    const { ip = '' } = http.getRequest<Request>();
    return this.limiter.admit(http.getResponse<Response>(), this.limit, networkOf(ip));
  }
}
