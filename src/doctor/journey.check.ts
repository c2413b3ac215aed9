import { createHash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { SignJWT } from 'jose';

import type { Environment } from '../config/environment.js';
import type { JourneyDto } from '../journey/dto/journey.dto.js';
import { networkFailure } from '../journey/network-failure.js';
import { OPERATOR_JOURNEY_PATH } from '../journey/journey.routes.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding } from './finding.js';
import { journeyFindings } from './journey.findings.js';

/** The injection token of the participant in question. */
export const PARTICIPANT = Symbol('room and identity');

export interface AskedParticipant {
  readonly room: string;
  readonly identity: string;
}

/** LiveKit is asked by the service, which has 5 s for each request. */
const PATIENCE_MS = 15_000;

const ELSEWHERE =
  'Run the doctor where the service runs, in its container for instance, with its settings; or ask GET /access/journey as an administrator of the room.';

/** Requests the journey from the service on this machine. Without Redis, the record is in its process. */
@Injectable()
export class JourneyCheck extends OwnCheck {
  override readonly name = 'journey';

  constructor(
    @Inject(PARTICIPANT) private readonly asked: AskedParticipant,
    private readonly keys: KeyRing,
    private readonly config: ConfigService<Environment, true>,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const port = this.config.get('SERVER_PORT', { infer: true });
    const target = `/${OPERATOR_JOURNEY_PATH}?${new URLSearchParams({ ...this.asked }).toString()}`;
    try {
      const response = await fetch(`http://127.0.0.1:${port}${target}`, {
        headers: { authorization: await this.signatureOf(target) },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.ok) return journeyFindings((await response.json()) as JourneyDto);
      return [refusal(port, response.status)];
    } catch (error) {
      const { reason } = networkFailure(error);
      return [fault(`The service cannot be reached at port ${port} of this machine: ${reason}.`, ELSEWHERE)];
    }
  }

  /** As LiveKit signs webhooks, with the address in place of the body. */
  private signatureOf(target: string): Promise<string> {
    const { key, secret } = this.keys.signing;
    const now = Math.floor(Date.now() / 1000);
    const sha256 = createHash('sha256').update(target).digest('base64');
    return new SignJWT({ iss: key, nbf: now, exp: now + 60, sha256 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret));
  }
}

function refusal(port: number, status: number): Finding {
  if (status === 401) {
    const found = `The service at port ${port} does not accept the LiveKit key of these settings.`;
    return fault(found, 'Run the doctor with the settings of the service.');
  }
  if (status === 400) {
    return fault('The names are not valid: blank, or longer than 256 bytes.', 'Correct --room and --identity.');
  }
  return fault(`The server at port ${port} responds with ${status}.`, ELSEWHERE);
}
