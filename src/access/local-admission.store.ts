import type { RevocationScope } from '../revocations/revocation.js';
import { keysOfScopesAround, scopeKey } from '../revocations/revocation.js';
import type { RevocationLog } from '../revocations/revocation.log.js';

import {
  type Admission,
  type Participant,
  participantKey,
  rememberedUntil,
  subjectOf,
  withLatest,
} from './admission.js';
import { AdmissionStore, type Claim } from './admission.store.js';
import { DueTimes } from './due-times.js';

export const MAX_PARTICIPANTS = 100_000;

/** Ended connections that are remembered of each participant. */
export const MAX_ENDED = 10;

/** How long a claim lasts. Longer than a call of LiveKit's API (5 s). */
export const CLAIM_MS = 10_000;

const SWEEP_EVERY_MS = 60_000;

const NO_CONNECTIONS: ReadonlyMap<string, number> = new Map();

interface Entry extends Participant {
  readonly keepUntil: number;
  /** The last connections that have ended. */
  readonly ended?: readonly string[] | undefined;
}

/** The admissions that this process knows. */
export class LocalAdmissionStore extends AdmissionStore {
  private readonly here = new Map<string, Entry>();
  /** The one that was admitted or left last is the last. */
  private readonly absent = new Map<string, Entry>();
  private readonly due = new DueTimes();
  private sweptAt = 0;

  constructor(
    private readonly revocations: RevocationLog,
    private readonly evicted: () => void = () => undefined,
    private readonly max = MAX_PARTICIPANTS,
  ) {
    super();
  }

  get size(): number {
    return this.here.size + this.absent.size;
  }

  get keys(): string[] {
    return [...this.here.keys(), ...this.absent.keys()];
  }

  override record(admission: Admission): Promise<boolean> {
    if (this.isRevoked(admission)) return Promise.resolve(false);
    this.remember(admission);
    return Promise.resolve(true);
  }

  /** Whether a revocation came after the decision had begun. */
  isRevoked(admission: Admission): boolean {
    const { revision } = admission;
    return (
      this.revocations.revision !== revision && this.revocations.covering(subjectOf(admission), revision) !== undefined
    );
  }

  remember(admission: Admission): void {
    const key = participantKey(admission.room, admission.identity);
    const known = this.entry(key);
    if (known === undefined) {
      const { room, identity } = admission;
      this.absent.set(key, {
        room,
        identity,
        admissions: [admission],
        connections: NO_CONNECTIONS,
        permissionDue: false,
        keepUntil: rememberedUntil([admission]),
        ended: undefined,
      });
      if (this.size > this.max) this.evict();
      return;
    }
    this.put(key, withAdmissions(known, withLatest(known.admissions, admission)));
    if (this.here.has(key)) this.due.set(key, Date.now());
  }

  override replace(before: Admission, after: Admission): Promise<boolean> {
    const key = participantKey(before.room, before.identity);
    const known = this.entry(key);
    const index = known?.admissions.indexOf(before) ?? -1;
    if (known === undefined || index < 0) return Promise.resolve(false);
    this.put(key, withAdmissions(known, known.admissions.with(index, after)));
    return Promise.resolve(true);
  }

  override find(key: string): Promise<Participant | undefined> {
    return Promise.resolve(this.entry(key));
  }

  override recall(key: string): Promise<Participant | undefined> {
    return this.find(key);
  }

  override findAll(keys: readonly string[]): Promise<readonly (Participant | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.entry(key)));
  }

  override joined(key: string, sid: string): Promise<boolean> {
    const known = this.entry(key);
    if (known === undefined || known.connections.has(sid) || known.ended?.includes(sid)) {
      return Promise.resolve(false);
    }
    this.put(key, { ...known, connections: new Map([...known.connections, [sid, Date.now()]]) });
    return Promise.resolve(true);
  }

  override left(key: string, sid: string): Promise<void> {
    const known = this.entry(key);
    const ended = [...(known?.ended ?? []), sid].slice(-MAX_ENDED);
    if (known !== undefined) this.disconnect(key, known, sid, ended);
    return Promise.resolve();
  }

  override missing(key: string, sid: string): Promise<void> {
    const known = this.here.get(key);
    if (known !== undefined) this.disconnect(key, known, sid, known.ended);
    return Promise.resolve();
  }

  override present(scope?: RevocationScope): Promise<readonly string[]> {
    if (scope === undefined) return Promise.resolve([...this.here.keys()]);
    const sought = scopeKey(scope);
    const isWithin = (admission: Admission): boolean => keysOfScopesAround(subjectOf(admission)).includes(sought);
    const found = [...this.here].filter(([, { admissions }]) => admissions.some(isWithin));
    return Promise.resolve(found.map(([key]) => key));
  }

  /** Nothing is forgotten while the participant is present. */
  override keep(): Promise<void> {
    return Promise.resolve();
  }

  override examineAt(keys: readonly string[], at: number): Promise<void> {
    for (const key of keys) this.due.set(key, at);
    return Promise.resolve();
  }

  override permissionDue(key: string, due: boolean): Promise<void> {
    const known = this.entry(key);
    if (known !== undefined && known.permissionDue !== due) this.put(key, { ...known, permissionDue: due });
    return Promise.resolve();
  }

  override claimDue(limit: number): Promise<readonly Claim[]> {
    const now = Date.now();
    if (now - this.sweptAt > SWEEP_EVERY_MS) this.sweep(now);
    return Promise.resolve(this.due.claim(limit, CLAIM_MS));
  }

  override examined(claim: Claim, next: number | undefined): Promise<void> {
    this.due.end(claim);
    if (next !== undefined) this.due.set(claim.key, next);
    return Promise.resolve();
  }

  override takeTurn(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Another process knows better. */
  forget(key: string): void {
    this.here.delete(key);
    this.absent.delete(key);
  }

  private disconnect(key: string, known: Entry, sid: string, ended: Entry['ended']): void {
    const connections = new Map(known.connections);
    connections.delete(sid);
    const wasHere = known.connections.size > 0;
    const keepUntil = wasHere ? rememberedUntil(known.admissions, Date.now()) : known.keepUntil;
    this.put(key, { ...known, connections, keepUntil, ended });
  }

  private entry(key: string): Entry | undefined {
    return this.here.get(key) ?? this.absent.get(key);
  }

  private put(key: string, entry: Entry): void {
    const isHere = entry.connections.size > 0;
    if (!isHere) this.here.delete(key);
    this.absent.delete(key);
    (isHere ? this.here : this.absent).set(key, entry);
  }

  /** The oldest of those who are absent; of those who are present, the oldest. */
  private evict(): void {
    const [oldest] = this.absent.size > 1 ? this.absent.keys() : this.here.keys();
    if (oldest === undefined) return;
    this.forget(oldest);
    this.evicted();
  }

  private sweep(now: number): void {
    this.sweptAt = now;
    for (const [key, { keepUntil }] of this.absent) if (keepUntil <= now) this.absent.delete(key);
  }
}

function withAdmissions(entry: Entry, admissions: readonly Admission[]): Entry {
  return { ...entry, admissions, keepUntil: Math.max(entry.keepUntil, rememberedUntil(admissions)) };
}
