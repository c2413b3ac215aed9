import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request as ExpressRequest } from 'express';

import type { Caller } from './caller.js';
import { requestOf } from './transport-request.js';

declare module 'express-serve-static-core' {
  interface Request {
    /** Who calls; set by CallerGuard. */
    caller?: Caller;
  }
}

/** Attaches the caller to the request, for guards of a team that find out by themselves who calls. */
export function rememberCaller(request: ExpressRequest, caller: Caller): void {
  request.caller = caller;
}

/** The caller of a request. Throws on a public route, where no guard has verified one. */
export function callerOf({ caller }: Pick<ExpressRequest, 'caller'>): Caller {
  if (caller === undefined) throw new Error('The caller of a public route is not known.');
  return caller;
}

/**
 * Injects the {@link Caller} into a handler of a controller, a gateway or a GraphQL resolver. Throws where it is not known: on a public
 * route, and for messages of a broker.
 */
export const CurrentCaller: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => callerOf(requestOf(context) ?? {}),
);
