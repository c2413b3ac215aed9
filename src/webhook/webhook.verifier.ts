/** Verifies that a webhook was signed by one of the configured keys, and that the signature matches the bytes of the body. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';

import { ProblemException } from '../errors/problem.exception.js';
import type { Reason } from '../errors/reason.catalogue.js';
import { KeyRing } from '../livekit/key-ring.service.js';

import { WEBHOOK_OPTIONS } from './webhook.module-definition.js';
import type { WebhookOptions } from './webhook.options.js';

/** LiveKit sends the bare token. Proxies may add the scheme. */
const SCHEME = /^Bearer +/i;

/** Seconds. The default of WEBHOOK_TOLERANCE. */
const DEFAULT_TOLERANCE = 60;

/** Seconds. The largest WEBHOOK_TOLERANCE. */
export const MAX_TOLERANCE = 300;

/** Seconds. LiveKit signs for 5 minutes. Event ids are remembered for at least this time. */
export const MAX_VALIDITY = 3_600;

@Injectable()
export class WebhookVerifier {
  private readonly tolerance: number;

  constructor(
    private readonly keys: KeyRing,
    @Inject(WEBHOOK_OPTIONS) { tolerance = DEFAULT_TOLERANCE }: WebhookOptions,
  ) {
    if (!(tolerance >= 0 && tolerance <= MAX_TOLERANCE)) {
      throw new Error(`WebhookModule: tolerance must be a number of seconds from 0 to ${MAX_TOLERANCE}.`);
    }
    this.tolerance = tolerance;
  }

  /** Throws a ProblemException with WEBHOOK_SIGNATURE_INVALID unless the header signs the body. */
  async verify(authorization: string | undefined, body: Buffer): Promise<void> {
    const signed = Buffer.from(await this.signedHash(authorization));
    const actual = Buffer.from(createHash('sha256').update(body).digest('base64'));
    if (signed.length !== actual.length || !timingSafeEqual(signed, actual)) {
      throw invalid('WEBHOOK_OTHER_BODY');
    }
  }

  /** The hash of the body that the header signs, as Base64. Throws as `verify` does. */
  async signedHash(authorization: string | undefined): Promise<string> {
    if (!authorization) throw invalid('WEBHOOK_UNSIGNED');
    const { sha256 } = await this.claimsOf(authorization.replace(SCHEME, ''));
    // A participant's token is signed by the same key.
    if (typeof sha256 !== 'string') throw invalid('WEBHOOK_NO_BODY_SIGNED');
    return sha256;
  }

  private async claimsOf(token: string): Promise<JWTPayload> {
    try {
      const { iss } = decodeJwt(token);
      const pair = this.keys.all.find(({ key }) => key === iss);
      // The same text as for a wrong secret: it must not reveal the names of the keys.
      if (pair === undefined) throw invalid();
      const { payload } = await jwtVerify(token, new TextEncoder().encode(pair.secret), {
        algorithms: ['HS256'],
        issuer: pair.key,
        requiredClaims: ['exp'],
        clockTolerance: this.tolerance,
      });
      if ((payload.exp ?? 0) - Date.now() / 1000 > MAX_VALIDITY + this.tolerance) {
        throw invalid('WEBHOOK_VALID_TOO_LONG');
      }
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw invalid(isOutOfTime(error) ? 'WEBHOOK_OUT_OF_TIME' : undefined, error);
    }
  }
}

function isOutOfTime(error: errors.JOSEError): boolean {
  return (
    error instanceof errors.JWTExpired || (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
  );
}

function invalid(reason?: Reason, cause?: unknown): ProblemException {
  return new ProblemException('WEBHOOK_SIGNATURE_INVALID', undefined, { reason, cause });
}
