/** Finds out who is calling before anything else is done for them; closed where a route does not say that it is public. */
import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

import { bearerToken, challenge } from './bearer.js';
import { ANONYMOUS, type VerifiedCaller } from './caller.js';
import { rememberCaller } from './current-caller.decorator.js';
import { Public } from './public.decorator.js';
import { TokenVerifier } from './token.verifier.js';

@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    /** None: authentication is off, and every caller is anonymous. */
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier | null,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.verifier === null) {
      rememberCaller(context.switchToHttp().getRequest<Request>(), ANONYMOUS);
      return true;
    }
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    return this.authenticate(this.verifier, context);
  }

  private async authenticate(verifier: TokenVerifier, context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    try {
      const caller = await this.identify(verifier, request);
      rememberCaller(request, caller);
      return true;
    } catch (error) {
      const header = error instanceof HttpException ? challenge(error) : undefined;
      if (header !== undefined) context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', header);
      throw error;
    }
  }

  private async identify(verifier: TokenVerifier, request: Request): Promise<VerifiedCaller> {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) throw new ProblemException('AUTHENTICATION_REQUIRED');
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (error instanceof HttpException) throw error;
      throw new ProblemException('AUTHENTICATION_UNAVAILABLE', undefined, { cause: error });
    }
  }
}
