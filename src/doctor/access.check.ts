/** Checks whether what ACCESS_ENFORCEMENT needs works: calls of LiveKit's API about participants, and its webhooks. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { RoomServiceClient } from 'livekit-server-sdk';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { LiveKitClientFactory } from '../livekit/livekit-client.factory.js';
import { generatedName } from '../token/generated-name.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { PATIENCE } from '../journey/network-failure.js';

const ACCEPTED = /^livekit_webhook_events_total\{[^}]*outcome="accepted"[^}]*\} (\d+)$/gm;

const SEND_WEBHOOKS = 'Set up the webhooks of LiveKit as the finding `webhook` says.';

@Injectable()
export class AccessCheck extends OwnCheck {
  override readonly name = 'access';

  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly clients: LiveKitClientFactory,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    if (!this.config.get('ACCESS_ENFORCEMENT', { infer: true })) {
      return [skipped('ACCESS_ENFORCEMENT is off: participants stay in their rooms when their access has ended.')];
    }
    return [await this.calls(), await this.webhooks()];
  }

  private async calls(): Promise<Finding> {
    try {
      // Of a room that does not exist: nothing is changed, and the right is the one that removals need.
      await this.clients.create<RoomServiceClient>(RoomServiceClient).listParticipants(generatedName('doctor'));
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      if (error.code !== 'LIVEKIT_NOT_FOUND') {
        const found = `ACCESS_ENFORCEMENT cannot work: a call about participants failed (${error.code}).`;
        return fault(found, 'Follow the findings `livekit`, `key` and `api`.');
      }
    }
    return ok('ACCESS_ENFORCEMENT can list and remove participants by the server API.');
  }

  /** LiveKit has no API to read where it sends webhooks; the service on this machine has counted them. */
  private async webhooks(): Promise<Finding> {
    const accepted = await this.acceptedWebhooks();
    if (accepted === undefined) {
      const found = 'ACCESS_ENFORCEMENT needs webhooks. Not checked: the metrics of the service cannot be read here.';
      return skipped(found, 'Run the doctor where the service runs, with METRICS_TOKEN in production.');
    }
    if (accepted > 0) return ok('ACCESS_ENFORCEMENT gets webhooks: LiveKit has sent some to the service.');
    const seconds = this.config.get('ACCESS_RECONCILE', { infer: true });
    if (seconds > 0) {
      const found = `No webhook has arrived since the service started. Without them, ACCESS_ENFORCEMENT notices who joins after up to ${seconds} s.`;
      return warning(found, `${SEND_WEBHOOKS} A LiveKit without a join since the start has sent none.`);
    }
    const found =
      'No webhook has arrived since the service started. Without them and ACCESS_RECONCILE, participants are not removed.';
    return fault(found, `${SEND_WEBHOOKS} ACCESS_RECONCILE=30s makes up for lost ones.`);
  }

  /** Undefined if the service does not run here, or does not show its metrics. */
  private async acceptedWebhooks(): Promise<number | undefined> {
    const port = this.config.get('SERVER_PORT', { infer: true });
    const token = this.config.get('METRICS_TOKEN', { infer: true });
    try {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      if (!response.ok || !text.includes('livekit_webhook_events_total')) return undefined;
      return [...text.matchAll(ACCEPTED)].reduce((sum, [, count]) => sum + Number(count), 0);
    } catch {
      return undefined;
    }
  }
}
