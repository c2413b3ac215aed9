/** Allows hosts only. */
import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { callerOf } from '../../src/auth/current-caller.decorator.js';

import { Hosts } from './hosts.service.js';

@Injectable()
export class HostGuard implements CanActivate {
  constructor(private readonly hosts: Hosts) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.hosts.include(callerOf(context.switchToHttp().getRequest<Request>()))) return true;
    throw new ForbiddenException('Only a host may do this.', { errorCode: 'NOT_A_HOST' });
  }
}
