import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';

import type { RedisClient } from '../redis/redis.client.js';

import { AT_ONCE, CHANNEL, EXCHANGE, KEYS, RESTORE } from './redis-revocation.scripts.js';
import {
  isBan,
  keptUntil,
  merged,
  type NewRevocation,
  type Revocation,
  type RevocationScope,
  type RevocationSubject,
  scopeKey,
} from './revocation.js';
import { RevocationLog } from './revocation.log.js';

/** How often changes are read and written even if no message comes. */
const EXCHANGE_EVERY_MS = 1_000;

/**
 * Numbers of this process alone are fractions above the last shared number: after all that it knows, before all that it does not. Redis
 * replaces them by shared numbers. A power of two, so that sums are exact.
 */
const STEP = 2 ** -20;

/** The number that Redis gave to a revocation of this process. */
interface Renumbered {
  readonly own: number;
  readonly shared: number;
}

/** Enough for the admissions of an outage. */
const MAX_RENUMBERED = 10_000;

interface Change {
  readonly key: string;
  /** None lifts the ban. */
  readonly revocation?: Revocation;
  /** Redis could not be reached when it was made. */
  late: boolean;
}

type Reply = [number: string, origin: string, numbers: string[], entries: string[], hasMore: number];

/** Revocations that instances share, with a copy in each. */
export class RedisRevocationLog extends RevocationLog implements OnModuleInit, OnApplicationShutdown {
  /** Up to which the copy has what Redis has. */
  private shared = 0;
  private last = 0;
  private origin = '';
  /** In their order. */
  private readonly unwritten: Change[] = [];
  private readonly renumbered: Renumbered[] = [];
  /** What a Redis that has lost its data has to be told. */
  private unrestored: Revocation[] = [];
  private hasLost = false;
  private exchange: Promise<void> = Promise.resolve();
  private waiting = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly redis: RedisClient) {
    super();
  }

  async onModuleInit(): Promise<void> {
    this.redis.subscribe(CHANNEL, () => void this.refresh());
    this.timer = setInterval(() => void this.refresh(), EXCHANGE_EVERY_MS).unref();
    await this.refresh();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  override get revision(): number {
    return this.last;
  }

  override async add(added: NewRevocation): Promise<Revocation> {
    const key = scopeKey(added.scope);
    this.last += STEP;
    const revocation: Revocation = { ...merged(added, this.index.of(key)), revision: this.last, at: Date.now() };
    this.index.set(revocation);
    this.unwritten.push({ key, revocation, late: false });
    await this.refresh();
    return this.index.of(key) ?? revocation;
  }

  override async lift(scope: RevocationScope): Promise<boolean> {
    await this.refresh();
    const key = scopeKey(scope);
    const known = this.index.of(key);
    if (known === undefined || !isBan(known)) return false;
    const { until: _until, ...lifted } = known;
    this.index.set(lifted);
    this.unwritten.push({ key, late: false });
    await this.refresh();
    return true;
  }

  override covering(subject: RevocationSubject, revision = -1): Revocation | undefined {
    return super.covering(subject, this.settled(subject, revision));
  }

  /**
   * The shared number in place of one of this process alone: what was decided after a revocation that was not written yet is not covered
   * by it, unless a revocation of another instance came between. A fraction while that revocation is not written.
   */
  override settled(subject: RevocationSubject, revision: number): number {
    if (Number.isInteger(revision)) return revision;
    const own = this.renumbered.filter((one) => one.own <= revision && one.shared > revision);
    const settled = Math.max(revision, ...own.map(({ shared }) => shared));
    const shared = new Set(own.map((one) => one.shared));
    const foreign = this.index.around(subject).some((one) => {
      return one.revision > revision && one.revision <= settled && !shared.has(one.revision);
    });
    return foreign ? Math.floor(revision) : settled;
  }

  /** Also writes what was not written yet. */
  override refresh(): Promise<void> {
    if (this.waiting) return this.exchange;
    this.waiting = true;
    this.exchange = this.exchange.then(() => {
      this.waiting = false;
      return this.exchangeOnce();
    });
    return this.exchange;
  }

  private async exchangeOnce(): Promise<void> {
    let exchanged = await this.exchangeSome();
    while (exchanged === 'more') exchanged = await this.exchangeSome();
    if (exchanged === 'all' && this.hasLost) await this.restore();
  }

  private async exchangeSome(): Promise<'all' | 'more' | undefined> {
    const changes = this.unwritten.slice(0, AT_ONCE);
    const values = changes.flatMap(({ key, revocation }) => [
      key,
      revocation === undefined ? '' : JSON.stringify(revocation),
      revocation === undefined ? 0 : keptUntil(revocation),
    ]);
    const reply = await this.redis.ask(
      async (connection) =>
        replyOf(await connection.eval(EXCHANGE, KEYS.length, ...KEYS, this.shared, this.origin, ...values)),
      'EVAL',
    );
    if (reply === undefined) {
      for (const change of changes) change.late = true;
      return undefined;
    }
    const [number, origin, numbers, entries, hasMore] = reply;
    if (this.origin !== '' && this.origin !== origin) {
      this.unrestored = [...this.index.all];
      this.hasLost = true;
    }
    this.unwritten.splice(0, changes.length);
    this.note(changes, numbers);
    for (const entry of entries) this.index.set(JSON.parse(entry) as Revocation);
    for (const { revocation } of this.unwritten) if (revocation) this.index.set(revocation);
    this.origin = origin;
    this.shared = Number(number);
    this.last = Math.floor(this.shared) + this.unwritten.length * STEP;
    for (const { revocation, late } of changes) if (revocation && late) this.published(revocation);
    return hasMore === 1 ? 'more' : 'all';
  }

  private note(changes: readonly Change[], numbers: readonly string[]): void {
    for (const [index, { revocation }] of changes.entries()) {
      if (revocation) this.renumbered.push({ own: revocation.revision, shared: Number(numbers[index]) });
    }
    if (this.renumbered.length > MAX_RENUMBERED) this.renumbered.splice(0, this.renumbered.length - MAX_RENUMBERED);
  }

  /** Goes on with the next exchange if Redis goes away meanwhile. */
  private async restore(): Promise<void> {
    while (this.unrestored.length > 0) {
      const some = this.unrestored.slice(0, AT_ONCE);
      const values = some.flatMap((one) => [scopeKey(one.scope), JSON.stringify(one), keptUntil(one)]);
      const restored = await this.redis.ask(
        (connection) => connection.eval(RESTORE, KEYS.length, ...KEYS, ...values),
        'EVAL',
      );
      if (restored === undefined) return;
      this.unrestored.splice(0, some.length);
    }
    this.hasLost = false;
    this.lost();
  }
}

/** Throws if what answers is no Redis. */
function replyOf(value: unknown): Reply {
  if (!Array.isArray(value) || value.length !== 5) throw new Error('The reply to a script is invalid.');
  return value as Reply;
}
