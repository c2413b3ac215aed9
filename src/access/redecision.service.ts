import { setImmediate, setTimeout } from 'node:timers/promises';

import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { PolicyChain } from '../policy/policy-chain.service.js';
import { RevocationLog } from '../revocations/revocation.log.js';
import { JoinRulesPolicy } from '../rules/join-rules.policy.js';

import { type Admission, participantKey } from './admission.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { isSamePermission } from './participant-permission.js';
import { standingOf } from './standing.js';

/** Participants that are read at a time. */
const CHUNK = 100;

/** The longest time that this work delays requests. */
const SLICE_MS = 4;

/** A policy that fails decides nothing. It runs again after this time. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

type Outcome = 'unchanged' | 'changed' | 'undecided';

/** Decides the admissions of those who are present again when the join rules have changed. */
@Injectable()
export class Redecision implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly enabled: boolean;
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;
  private due = new Set<string>();

  constructor(
    config: ConfigService<Environment, true>,
    private readonly rules: JoinRulesPolicy,
    private readonly policies: PolicyChain,
    private readonly store: AdmissionStore,
    private readonly revocations: RevocationLog,
    private readonly enforcement: Enforcement,
  ) {
    this.enabled = config.get('ACCESS_ENFORCEMENT', { infer: true });
  }

  onModuleInit(): void {
    if (this.enabled) this.rules.onChange(() => void this.store.present().then((keys) => this.decideAgain(keys)));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** Whether the admission was decided by rules that are not in force. */
  isOutdated({ rulesVersion }: Admission): boolean {
    return rulesVersion !== this.rules.version;
  }

  /** Has participants decided again. Does not wait for that. */
  decideAgain(keys: readonly string[]): void {
    for (const key of keys) this.due.add(key);
    this.running ??= this.decideDue().finally(() => {
      this.running = undefined;
    });
  }

  private async decideDue(): Promise<void> {
    let failures = 0;
    while (this.due.size > 0 && !this.stopped.signal.aborted) {
      // The rules were read in this turn.
      await setImmediate();
      const keys = [...this.due];
      this.due.clear();
      const undecided = await this.decideSome(keys);
      failures = undecided.length > 0 ? failures + 1 : 0;
      for (const key of undecided) this.due.add(key);
      if (failures > 0) await this.pause(Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS));
    }
  }

  /** Returns the keys of those who could not be decided. */
  private async decideSome(keys: readonly string[]): Promise<string[]> {
    const undecided: string[] = [];
    let changed = 0;
    let sliceEnds = performance.now() + SLICE_MS;
    for (let first = 0; first < keys.length; first += CHUNK) {
      for (const participant of await this.store.findAll(keys.slice(first, first + CHUNK))) {
        if (this.stopped.signal.aborted) return [];
        for (const admission of participant?.admissions ?? []) {
          if (standingOf({ admissions: [admission] }, this.revocations)?.end !== undefined) continue;
          const outcome = await this.decide(admission);
          if (outcome === 'undecided') undecided.push(participantKey(admission.room, admission.identity));
          if (outcome === 'changed') changed += 1;
        }
        if (performance.now() < sliceEnds) continue;
        await setImmediate();
        sliceEnds = performance.now() + SLICE_MS;
      }
    }
    const facts = { participants: keys.length, changed, undecided: undecided.length };
    this.logger.log('Admissions were decided again', facts);
    return undecided;
  }

  private async decide(admission: Admission): Promise<Outcome> {
    const { caller, room, identity, requested, issuedAt: admittedAt } = admission;
    const decision = await this.policies.decide({ caller, room, requested, admittedAt });
    if ('refusal' in decision) {
      return decision.refusal.getStatus() >= 500 ? 'undecided' : this.end(admission);
    }
    const { grants, rule, ruleName, identity: named } = decision.terms;
    const endsAt = isSameTime(decision.terms.endsAt, admission.endsAt) ? admission.endsAt : decision.terms.endsAt;
    // LiveKit cannot change the identity of a connected participant, nor the grant `roomAdmin`.
    if (named !== identity || (admission.grants.roomAdmin === true && grants.roomAdmin !== true)) {
      return this.end(admission);
    }
    const after: Admission = { ...admission, grants, endsAt, rule, ruleName, policy: decision.policy };
    const samePermission = isSamePermission(admission.grants, grants);
    if (samePermission && admission.endsAt === endsAt && admission.rule === rule && admission.ruleName === ruleName) {
      return 'unchanged';
    }
    return this.replace(admission, after, !samePermission);
  }

  private end(admission: Admission): Promise<Outcome> {
    return this.replace(admission, { ...admission, ended: { cause: 'rules' } }, false);
  }

  private async replace(before: Admission, after: Admission, permissionDue: boolean): Promise<Outcome> {
    if (!(await this.store.replace(before, after))) return 'unchanged';
    const key = participantKey(before.room, before.identity);
    if (permissionDue) await this.store.permissionDue(key, true);
    await this.enforcement.examine([key]);
    return 'changed';
  }

  private async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.stopped.signal, ref: false }).catch(() => undefined);
  }
}

/** The time of a decision and that of its admission differ by some milliseconds. */
const isSameTime = (one = 0, other = 0): boolean => Math.abs(one - other) < 1_000;
