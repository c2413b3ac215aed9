/** RATE_LIMIT_PER_CALLER: comes after authentication, and holds for a caller wherever it calls from. */
import { createHash } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import type { VerifiedCaller } from '../auth/caller.js';
import { callerOf } from '../auth/current-caller.decorator.js';
import { Public } from '../auth/public.decorator.js';
import type { Environment } from '../config/environment.js';
import { RouteMark } from '../auth/route-mark.js';

import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

@Injectable()
export class CallerLimitGuard implements CanActivate {
  private readonly limit: RateLimit;
  private readonly limited: RouteMark;
  private readonly open: RouteMark;

  constructor(
    config: ConfigService<Environment, true>,
    reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    this.limited = new RouteMark(reflector, RateLimited);
    this.open = new RouteMark(reflector, Public);
    this.limit = { name: 'caller', requestsPerMinute: config.get('RATE_LIMIT_PER_CALLER', { infer: true }) };
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.limit.requestsPerMinute === 0) return true;
    if (!this.limited.isOn(context)) return true;
    // Who calls a public route, nobody has asked.
    if (this.open.isOn(context)) return true;
    const http = context.switchToHttp();
    const caller = callerOf(http.getRequest<Request>());
    // Who is anonymous cannot be told from the next one but by address.
    if (caller.kind === 'anonymous') return true;
    return this.limiter.admit(http.getResponse<Response>(), this.limit, keyOf(caller));
  }
}

/** Hashed: subjects may be long, and are often addresses of people, who have no business in Redis. */
function keyOf({ issuer, subject }: VerifiedCaller): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');
}
