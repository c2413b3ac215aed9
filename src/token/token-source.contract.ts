/** What POST /livekit/token is to its clients: its address, LiveKit's address in its answers, and an account of failures. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { Problem } from '../http/problem.js';
import { Refusal } from '../http/refusal.js';
import { type RouteContract, RouteContracts } from '../http/route-contracts.js';

import { JoinService } from './join.service.js';

@Injectable()
export class TokenSourceContract implements RouteContract {
  readonly path = '/livekit/token';
  private readonly liveKitUrl: string | undefined;

  constructor(
    config: ConfigService<Environment, true>,
    contracts: RouteContracts,
    private readonly joins: JoinService,
  ) {
    this.liveKitUrl = config.get('LIVEKIT_URL', { infer: true });
    contracts.add(this);
  }

  /** Where clients connect, as ws:// or wss://, which every client takes. Refuses if no operator said where. */
  serverUrl(): string {
    if (this.liveKitUrl === undefined) {
      throw new Refusal(
        'LIVEKIT_URL_MISSING',
        'LIVEKIT_URL is not set on this server, so it cannot say where to connect.',
      );
    }
    return this.liveKitUrl.replace(/^http/, 'ws');
  }

  onFailure(problem: Problem): void {
    this.joins.refused(this.path, problem);
  }
}
