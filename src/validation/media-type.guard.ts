/** Responds with 415 to a body that no parser has read. Validation would report its fields as missing. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

@Injectable()
export class MediaTypeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    if (request.body === undefined && hasBody(request)) {
      throw new ProblemException('UNSUPPORTED_MEDIA_TYPE');
    }
    return true;
  }
}

/** RFC 9112, section 6.3: a request has a body if it has one of these two headers. */
function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
