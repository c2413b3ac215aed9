import { hash } from 'node:crypto';

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import type { VerifiedCaller } from '../auth/caller.js';
import { HandlerMark } from '../auth/handler-mark.js';
import type { Environment } from '../config/environment.js';

import { type RateLimit, RateLimiter } from './rate-limiter.service.js';
import { RateLimited } from './rate-limited.decorator.js';

/** RATE_LIMIT_PER_CALLER. Counts the requests of a verified caller from all addresses. */
@Injectable()
export class CallerLimitGuard implements CanActivate {
  private readonly requestsPerMinute: number;
  private readonly limited: HandlerMark;

  constructor(
    config: ConfigService<Environment, true>,
    reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    this.limited = new HandlerMark(reflector, RateLimited);
    this.requestsPerMinute = config.get('RATE_LIMIT_PER_CALLER', { infer: true });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const { caller } = http.getRequest<Request>();
    // Anonymous callers are limited by address only. Public routes have no caller.
    if (caller === undefined || caller.kind === 'anonymous') return true;
    if (!this.limited.isOn(context)) return true;
    const { requestsPerMinute = this.requestsPerMinute } = caller;
    if (requestsPerMinute === 0) return true;
    const limit: RateLimit = { name: 'caller', requestsPerMinute };
    return this.limiter.admit(http.getResponse<Response>(), limit, keyOf(caller));
  }
}

/** Hashed, because subjects may be long and are often personal data, which must not be stored in Redis. */
function keyOf({ issuer, subject }: VerifiedCaller): string {
  return hash('sha256', JSON.stringify([issuer, subject]), 'base64url');
}
