import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

import { rememberCaller } from '../auth/current-caller.decorator.js';

import { HostCallers } from './host-callers.service.js';

/** Attaches the caller whom the host application names. Its own guards have run. */
@Injectable()
export class HostCallerGuard implements CanActivate {
  constructor(private readonly callers: HostCallers) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    rememberCaller(request, await this.callers.of(request));
    return true;
  }
}
