/** Checks whether clients can use LIVEKIT_URL, as far as the address itself shows. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { keyPairErrors } from '../config/key-pair.checks.js';
import { isLoopback } from '../config/value-readers.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { OwnCheck } from './doctor.check.js';
import { type Finding, ok, warning } from './finding.js';

/** Names that resolve only on one machine or in a network of containers. */
const INNER_NAME = /^[^.:]+$|\.(svc|local|internal|localdomain)$/;

@Injectable()
export class LiveKitUrlCheck extends OwnCheck {
  override readonly name = 'address';

  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly keys: KeyRing,
  ) {
    super();
  }

  override run(): readonly Finding[] {
    const address = this.config.get('LIVEKIT_URL', { infer: true });
    if (address === undefined) {
      const found = 'LIVEKIT_URL is not set: POST /livekit/token responds with 503, since clients need the address.';
      return [
        warning(found, 'Set it to the address that clients reach LiveKit at, such as wss://livekit.example.com.'),
      ];
    }
    const { protocol, hostname } = new URL(address);
    if (isLoopback(hostname)) return [this.onThisMachine()];
    const findings: Finding[] = [];
    if (INNER_NAME.test(hostname)) {
      findings.push(
        warning(
          `LIVEKIT_URL names ${hostname}, which clients elsewhere can probably not resolve.`,
          'Set it to the address that clients use; what this server uses goes into LIVEKIT_INTERNAL_URL.',
        ),
      );
    }
    if (!/^(wss|https):$/.test(protocol)) {
      findings.push(
        warning(
          'LIVEKIT_URL is not encrypted (ws://): browsers block it on https:// pages, and give other pages no camera.',
          'Put TLS in front of LiveKit and use wss://.',
        ),
      );
    }
    return findings.length > 0 ? findings : [ok(`Clients are sent to LiveKit at ${hostname}, encrypted.`)];
  }

  private onThisMachine(): Finding {
    // An operator with keys of their own has deployed the service.
    if (keyPairErrors(this.keys.signing).length > 0) return ok('LIVEKIT_URL is this machine: clients on it can join.');
    return warning(
      'LIVEKIT_URL is this machine: clients anywhere else cannot join.',
      'Set it to the address that clients reach LiveKit at, such as wss://livekit.example.com.',
    );
  }
}
