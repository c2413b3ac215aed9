import type { IncomingMessage } from 'node:http';

import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { type Participant, participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { type GateTarget, gateTarget } from './gate-target.js';
import { gateToken } from './gate-token.js';
import type { GateOpening } from './gate-events.js';
import { exceeds, type JoinToken } from './join-token.js';
import { JoinTokenVerifier } from './join-token.verifier.js';
import { holdersOf } from './publish-only.js';
import { standingOf } from './standing.js';

/** Decides whether a proxy may pass a request on to LiveKit. What it lets through, LiveKit checks itself. */
@Injectable()
export class GateService {
  private readonly opensToUnknown: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly tokens: JoinTokenVerifier,
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
  ) {
    this.opensToUnknown = config.get('GATE_UNKNOWN', { infer: true }) === 'allow';
  }

  /** Why the gate opens. Throws a ProblemException with the reason why it does not. `below` is what follows the gate's path. */
  async decide(request: IncomingMessage, below: string): Promise<GateOpening> {
    const target = gateTarget(request.headers, request.method ?? '', below);
    if (!target.admits) return 'OTHER_PATH';
    const text = gateToken(request, target);
    if (text === undefined) return 'NO_TOKEN';
    const token = await this.tokens.verify(text);
    return token.joins ? this.decideJoin(token, target) : 'NO_JOIN';
  }

  private async decideJoin(token: JoinToken, target: GateTarget): Promise<GateOpening> {
    const { room, identity } = token;
    // LiveKit has no other source of these names, but its earlier versions have.
    if (room === '' || identity === '') throw new ProblemException('ADMISSION_UNKNOWN');
    // LiveKit renews the tokens of connections by `publish` as well, with their identity.
    const holders = holdersOf(identity);
    if (holders.some((holder) => this.revocations.banOn({ room, identity: holder }))) {
      throw new ProblemException('ACCESS_REVOKED');
    }
    for (const holder of holders) {
      const participant = await this.store.recall(participantKey(room, holder));
      if (participant !== undefined) return this.decideKnown(token, target, participant);
    }
    return this.decideUnknown(token, holders);
  }

  private decideKnown(token: JoinToken, { query }: GateTarget, participant: Participant): GateOpening {
    const standing = standingOf(participant, this.revocations);
    if (standing === undefined) return this.decideUnknown(token, [token.identity]);
    if (standing.end !== undefined) {
      throw new ProblemException(standing.end.cause === 'expired' ? 'ACCESS_ENDED' : 'ACCESS_REVOKED');
    }
    // LiveKit appends `publish` to the identity. No admission is for the identity that results.
    const isOther = query.getAll('publish').some((value) => value !== '');
    if (isOther || exceeds(token, standing.admission.grants)) throw new ProblemException('GRANTS_TOO_WIDE');
    return 'ADMITTED';
  }

  private decideUnknown({ room, isOfLiveKit }: JoinToken, holders: readonly string[]): GateOpening {
    if (isOfLiveKit) return 'LIVEKIT';
    // The admission that the revocation ended may have been forgotten: it is not known whether the token is from before.
    const isRevoked = holders.some((identity) => {
      const revoked = this.revocations.covering({ identity }) ?? this.revocations.covering({ room, identity });
      return revoked !== undefined && 'identity' in revoked.scope;
    });
    if (isRevoked) throw new ProblemException('ACCESS_REVOKED');
    if (!this.opensToUnknown) throw new ProblemException('ADMISSION_UNKNOWN');
    return 'UNKNOWN';
  }
}
