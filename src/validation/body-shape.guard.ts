/** Refuses bodies nested too deep or of too many values: what reads them next does so by recursion, and copies each value. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

/** Twice the depth of LiveKit's deepest message, a recording's upload in `room_config.egress`. */
const MAX_DEPTH = 16;

/** What class-transformer copies in some ten milliseconds; a body within the size limit could hold several times as many. */
const MAX_VALUES = 10_000;

@Injectable()
export class BodyShapeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.getArgByIndex<Request>(0);
    let values = 0;
    let level = isNested(body) ? [body] : [];
    for (let depth = 1; level.length > 0; depth += 1) {
      if (depth > MAX_DEPTH) throw new ProblemException('BODY_TOO_DEEP', { max: MAX_DEPTH });
      const next: object[] = [];
      for (const object of level) {
        const children = Object.values(object) as unknown[];
        values += children.length;
        for (const child of children) if (isNested(child)) next.push(child);
      }
      if (values > MAX_VALUES) throw new ProblemException('BODY_TOO_COMPLEX', { max: MAX_VALUES });
      level = next;
    }
    return true;
  }
}

/** A body kept as bytes is not looked into. */
function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
}
