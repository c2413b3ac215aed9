/** Hands a handler the caller whom the guard found, so that no service has to look into a request. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { ANONYMOUS, type Caller } from './caller.js';

const callers = new WeakMap<Request, Caller>();

export function rememberCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

export const callerOf = (request: Request): Caller => callers.get(request) ?? ANONYMOUS;

export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<Request>()),
);
