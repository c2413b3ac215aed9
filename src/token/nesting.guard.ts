/** Refuses a body nested deeper than any that means something: what reads it next does so by recursion, and would overflow. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { Refusal } from '../http/refusal.js';

/** Twice the depth of LiveKit's deepest message, a recording's upload in `room_config.egress`. */
const MAX_DEPTH = 16;

@Injectable()
export class NestingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<Request>();
    let level = objectsOf([body]);
    for (let depth = 1; level.length > 0; depth += 1) {
      if (depth > MAX_DEPTH) throw new Refusal('BODY_TOO_DEEP', `The body must be nested at most ${MAX_DEPTH} deep.`);
      level = level.flatMap((object) => objectsOf(Object.values(object)));
    }
    return true;
  }
}

function objectsOf(values: readonly unknown[]): readonly object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}
