import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { callerOf, requestOf } from 'livekit-token-service/auth';

import { Hosts } from './hosts.service.js';

/** Opens a route, or a message of a gateway, for hosts only. */
@Injectable()
export class HostGuard implements CanActivate {
  constructor(private readonly hosts: Hosts) {}

  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context);
    if (request !== undefined && this.hosts.include(callerOf(request))) return true;
    throw new ForbiddenException('Only a host may do this.', { errorCode: 'NOT_A_HOST' });
  }
}
