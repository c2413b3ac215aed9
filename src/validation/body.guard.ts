import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

import { hasBody } from './has-body.js';

/** Twice the depth of the deepest body that a LiveKit SDK sends, a recording's upload in `room_config.egress`. */
const MAX_DEPTH = 16;

/**
 * CLIENT_FIELDS lets a client send 4096 bytes of metadata, attributes and agents, and a request has some 60 other values (10 agents with
 * 4 members, and the top level): 1,000 values are enough even if the names and values of attributes have 5 bytes a pair.
 */
const MAX_VALUES = 1_000;

/**
 * Requires a body that a parser has read, and limits its depth and its values on all levels. Runs before validation, which would report
 * the fields of another body as missing. class-transformer works by recursion, and its time grows with the square of an object's
 * members: 2 ms of CPU time for 1,000, 60 ms for 10,000.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const body: unknown = request.body;
    if (body === undefined && hasBody(request)) throw new ProblemException('UNSUPPORTED_MEDIA_TYPE');
    if (isNested(body)) limitShape(body);
    return true;
  }
}

function limitShape(body: object): void {
  let values = 0;
  let level = [body];
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
}

/** Buffers are the bodies of webhooks. */
function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
}
