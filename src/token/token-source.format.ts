import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request } from 'express';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../errors/problem.js';
import { ProblemException } from '../errors/problem.exception.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { AdmissionService } from './admission.service.js';
import { bodyOf } from './request-body.js';

@Injectable()
export class TokenSourceFormat implements ErrorFormat {
  readonly path = '/livekit/token';
  private readonly liveKitUrl: string | undefined;

  constructor(
    config: ConfigService<Environment, true>,
    formats: ErrorFormatRegistry,
    private readonly admissions: AdmissionService,
  ) {
    this.liveKitUrl = config.get('LIVEKIT_URL', { infer: true });
    formats.add(this);
  }

  /** LIVEKIT_URL as ws:// or wss://, which every client accepts. Throws LIVEKIT_URL_MISSING (503) if it is not set. */
  serverUrl(): string {
    if (this.liveKitUrl === undefined) throw new ProblemException('LIVEKIT_URL_MISSING');
    return this.liveKitUrl.replace(/^http/, 'ws');
  }

  onError(problem: Problem, request: Request, error: unknown): void {
    const { room_name: room, participant_identity: identity } = bodyOf(request);
    this.admissions.refused(this.path, error, problem, { caller: request.caller, room, identity });
  }
}
