import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

import { Authenticator } from './authenticator.service.js';
import { challenge } from './bearer.js';
import { ANONYMOUS } from './caller.js';
import { rememberCaller } from './current-caller.decorator.js';
import { HandlerMark } from './handler-mark.js';
import { Public } from './public.decorator.js';
import { requestOf } from './transport-request.js';

/** Authenticates the caller of everything that is not marked `@Public()`: routes, and messages of a gateway by its handshake. */
@Injectable()
export class CallerGuard implements CanActivate {
  private readonly open: HandlerMark;

  constructor(
    reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {
    this.open = new HandlerMark(reflector, Public);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context);
    if (!this.authenticator.enabled) {
      if (request !== undefined) rememberCaller(request, ANONYMOUS);
      return true;
    }
    if (this.open.isOn(context)) return true;
    if (request === undefined) throw new ProblemException('AUTHENTICATION_REQUIRED');
    return this.authenticate(request, context);
  }

  private async authenticate(request: Request, context: ExecutionContext): Promise<true> {
    try {
      rememberCaller(request, await this.authenticator.authenticate(request));
      return true;
    } catch (error) {
      const header = error instanceof HttpException ? challenge(error) : undefined;
      if (header !== undefined && context.getType() === 'http') {
        context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', header);
      }
      throw error;
    }
  }
}
