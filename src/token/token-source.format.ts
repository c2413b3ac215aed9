/** What POST /livekit/token is to its clients: its address, LiveKit's address in its answers, and an account of failures. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../errors/problem.js';
import { ProblemException } from '../errors/problem.exception.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { AdmissionService } from './admission.service.js';

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

  /** Where clients connect, as ws:// or wss://, which every client takes. Refuses if no operator said where. */
  serverUrl(): string {
    if (this.liveKitUrl === undefined) throw new ProblemException('LIVEKIT_URL_MISSING');
    return this.liveKitUrl.replace(/^http/, 'ws');
  }

  onError(problem: Problem): void {
    this.admissions.refused(this.path, problem);
  }
}
