import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import { Authenticator } from './authenticator.service.js';
import { challenge } from './bearer.js';
import { ANONYMOUS } from './caller.js';
import { rememberCaller } from './current-caller.decorator.js';
import { Public } from './public.decorator.js';

/** Authenticates the caller of every route that is not marked `@Public()`. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.authenticator.enabled) {
      rememberCaller(context.switchToHttp().getRequest<Request>(), ANONYMOUS);
      return true;
    }
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    return this.authenticate(context);
  }

  private async authenticate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    try {
      rememberCaller(request, await this.authenticator.authenticate(request));
      return true;
    } catch (error) {
      const header = error instanceof HttpException ? challenge(error) : undefined;
      if (header !== undefined) context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', header);
      throw error;
    }
  }
}
