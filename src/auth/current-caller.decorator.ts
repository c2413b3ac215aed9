/** Hands a handler the caller whom the guard found, so that no service has to look into a request. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import type { Caller } from './caller.js';

/** On the request itself: a WeakMap of all requests costs the garbage collector more than the rest of the guard. */
const CALLER = Symbol('caller');

type Asked = Request & { [CALLER]?: Caller };

export function rememberCaller(request: Asked, caller: Caller): void {
  request[CALLER] = caller;
}

/** Throws where no guard has found a caller: nobody is taken for an anonymous caller by mistake. */
export function callerOf(request: Asked): Caller {
  const caller = request[CALLER];
  if (caller === undefined) throw new Error('The caller of a public route is not known.');
  return caller;
}

export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<Request>()),
);
