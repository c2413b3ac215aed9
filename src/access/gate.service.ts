import type { IncomingMessage } from 'node:http';

import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import type { AccessEndCause } from '../revocations/revocation.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { type Participant, participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { type GateTarget, gateTarget } from './gate-target.js';
import { gateToken } from './gate-token.js';
import { GATE_JOIN, type GateJoinEvent, type GateOpening } from './gate-events.js';
import { exceeds, type JoinToken } from './join-token.js';
import { JoinTokenVerifier } from './join-token.verifier.js';
import { holdersOf } from './publish-only.js';
import { standingOf } from './standing.js';

/** About a join. */
type Verdict =
  | { readonly outcome: 'opened'; readonly code: GateOpening }
  | { readonly outcome: 'refused'; readonly code: GateRefusal; readonly cause?: AccessEndCause | undefined };

type GateRefusal = 'JOIN_TOKEN_INVALID' | 'ADMISSION_UNKNOWN' | 'ACCESS_REVOKED' | 'ACCESS_ENDED' | 'GRANTS_TOO_WIDE';

const opened = (code: GateOpening): Verdict => ({ outcome: 'opened', code });
const refused = (code: GateRefusal, cause?: AccessEndCause): Verdict => ({ outcome: 'refused', code, cause });

/** Decides whether a proxy may pass a request on to LiveKit. What it lets through, LiveKit checks itself. */
@Injectable()
export class GateService {
  private readonly opensToUnknown: boolean;

  constructor(
    config: ConfigService<Environment, true>,
    private readonly tokens: JoinTokenVerifier,
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
    private readonly events: EventEmitter2,
  ) {
    this.opensToUnknown = config.get('GATE_UNKNOWN', { infer: true }) === 'allow';
  }

  /** Why the gate opens. Throws a ProblemException with the reason why it does not. `below` is what follows the gate's path. */
  async decide(request: IncomingMessage, below: string): Promise<GateOpening> {
    const target = gateTarget(request.headers, request.method ?? '', below);
    if (!target.admits) return 'OTHER_PATH';
    const text = gateToken(request, target);
    if (text === undefined) return 'NO_TOKEN';
    const token = this.tokens.verify(text);
    if (!token.joins && !token.hasExpired) return 'NO_JOIN';
    const { room, identity } = token;
    const verdict = await this.decideJoin(token, target);
    if (room !== '' && identity !== '') {
      this.events.emit(GATE_JOIN, { room, identity, ...verdict } satisfies GateJoinEvent);
    }
    if (verdict.outcome === 'refused') throw new ProblemException(verdict.code);
    return verdict.code;
  }

  private async decideJoin(token: JoinToken, target: GateTarget): Promise<Verdict> {
    const { room, identity } = token;
    if (token.hasExpired) return refused('JOIN_TOKEN_INVALID');
    // LiveKit has no other source of these names, but its earlier versions have.
    if (room === '' || identity === '') return refused('ADMISSION_UNKNOWN');
    // LiveKit renews the tokens of connections by `publish` as well, with their identity.
    const holders = holdersOf(identity);
    for (const holder of holders) {
      const ban = this.revocations.banOn({ room, identity: holder });
      if (ban !== undefined) return refused('ACCESS_REVOKED', ban.cause);
    }
    for (const holder of holders) {
      const participant = await this.store.recall(participantKey(room, holder));
      if (participant !== undefined) return this.decideKnown(token, target, participant);
    }
    return this.decideUnknown(token, holders);
  }

  private decideKnown(token: JoinToken, { query }: GateTarget, participant: Participant): Verdict {
    const standing = standingOf(participant, this.revocations);
    if (standing === undefined) return this.decideUnknown(token, [token.identity]);
    const cause = standing.end?.cause;
    if (cause !== undefined) return refused(cause === 'expired' ? 'ACCESS_ENDED' : 'ACCESS_REVOKED', cause);
    // LiveKit appends `publish` to the identity. No admission is for the identity that results.
    const isOther = query.getAll('publish').some((value) => value !== '');
    if (isOther || exceeds(token, standing.admission.grants)) return refused('GRANTS_TOO_WIDE');
    return opened('ADMITTED');
  }

  private decideUnknown({ room, isOfLiveKit }: JoinToken, holders: readonly string[]): Verdict {
    if (isOfLiveKit) return opened('LIVEKIT');
    // The admission that the revocation ended may have been forgotten: it is not known whether the token is from before.
    for (const identity of holders) {
      const revoked = this.revocations.covering({ identity }) ?? this.revocations.covering({ room, identity });
      if (revoked !== undefined && 'identity' in revoked.scope) return refused('ACCESS_REVOKED', revoked.cause);
    }
    return this.opensToUnknown ? opened('UNKNOWN') : refused('ADMISSION_UNKNOWN');
  }
}
