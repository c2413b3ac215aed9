/** Refuses keys that Nest drops to keep prototypes clean: an attribute of such a name would be lost without a word. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

const RESERVED = ['__proto__', 'constructor', 'prototype'];

@Injectable()
export class ReservedKeysGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<Request>();
    const pending: unknown[] = [body];
    while (pending.length > 0) {
      const value = pending.pop();
      if (typeof value !== 'object' || value === null) continue;
      if (RESERVED.some((key) => Object.hasOwn(value, key))) {
        throw new ProblemException('FIELD_INVALID', { keys: RESERVED.join(', ') }, { reason: 'KEYS_RESERVED' });
      }
      for (const part of Object.values(value)) pending.push(part);
    }
    return true;
  }
}
