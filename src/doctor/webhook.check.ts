/** Prints the configuration that LiveKit needs for its webhooks to arrive. LiveKit has no API to read it. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { KeyRing } from '../livekit/key-ring.service.js';
import { WEBHOOK_PATH } from '../webhook/webhook-body.middleware.js';

import { OwnCheck } from './doctor.check.js';
import { type Finding, skipped, warning } from './finding.js';
import { keySource, shortKey } from './key-names.js';
import { LiveKitProbe } from '../journey/livekit.probe.js';

@Injectable()
export class WebhookCheck extends OwnCheck {
  override readonly name = 'webhook';

  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly probe: LiveKitProbe,
    private readonly keys: KeyRing,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const found = 'Not checked: LiveKit has no API to read its `webhook:` block.';
    return [...(await this.tooEarly()), skipped(found, this.advice())];
  }

  private advice(): string {
    const port = this.config.get('SERVER_PORT', { infer: true });
    return [
      'The configuration of LiveKit must hold:',
      '  webhook:',
      `    api_key: ${names(this.keys)}`,
      `    urls: ['http://<this service as LiveKit sees it>:${port}${WEBHOOK_PATH}']`,
      'Each delivery is a line of the context Webhook in the log of this service: accepted, or rejected and why.',
    ].join('\n');
  }

  /** A clock that is ahead makes signatures start in the future. Late signatures have 5 minutes more. */
  private async tooEarly(): Promise<Finding[]> {
    const tolerance = this.config.get('WEBHOOK_TOLERANCE', { infer: true });
    const [address] = this.probe.addresses;
    const reply = address && (await this.probe.front(address));
    if (!reply || !('answer' in reply) || (reply.answer.clockAhead ?? 0) <= tolerance) return [];
    const found = `LiveKit's clock is further ahead than WEBHOOK_TOLERANCE (${tolerance}s): its webhooks are refused.`;
    return [warning(found, 'Synchronize both clocks by NTP.')];
  }
}

/** Any configured key can sign webhooks. */
function names(keys: KeyRing): string {
  const known = keys.all.map(({ key }) => shortKey(key));
  return `<${known.length > 1 ? 'one of ' : ''}${known.join(', ')} of ${keySource(keys)}>`;
}
