import type { BeforeApplicationShutdown } from '@nestjs/common';

import type { RedisClient } from '../redis/redis.client.js';

import { addStep, inOrder, type JourneyStep, KEEP_FOR_MS } from './journey-step.js';
import {
  type AddOptions,
  type JourneySubject,
  JourneyStore,
  type LiveKitSigns,
  MAX_SUBJECTS,
  participantOf,
  subjectKey,
} from './journey.store.js';
import type { LocalJourneyStore } from './local-journey.store.js';

const PREFIX = 'livekit-token-service:journey:';
const SIGNS_KEY = `${PREFIX}signs`;

/** Steps that were not merged yet: those of one subject. */
const MAX_STORED = 60;

/** Steps that wait for Redis. Later ones are kept by this process alone. */
export const MAX_WAITING = 2_000;

/** At a time; Redis does nothing else meanwhile. */
const BATCH = 200;

const WRITE_EVERY_MS = 50;

/** Of each sign, which may change with every webhook; a few seconds do not matter. */
const SIGN_EVERY_MS = 5_000;

/** Appends steps, and forgets the subjects that had none for the longest time. KEYS: indexes of participants and of rooms. */
const ADD = `
local prefix, keep, limit, max, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
for i = 6, #ARGV, 3 do
  local subject, command, step = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call(command, prefix .. subject, step) > 0 then
    redis.call('LTRIM', prefix .. subject, -limit, -1)
    redis.call('PEXPIRE', prefix .. subject, keep)
    redis.call('ZADD', string.sub(subject, 1, 1) == 'p' and KEYS[1] or KEYS[2], now, subject)
  end
end
for _, index in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now - keep)
  local excess = redis.call('ZCARD', index) - max
  if excess > 0 then
    for _, subject in ipairs(redis.call('ZRANGE', index, 0, excess - 1)) do redis.call('DEL', prefix .. subject) end
    redis.call('ZREMRANGEBYRANK', index, 0, excess - 1)
  end
  redis.call('PEXPIRE', index, keep)
end
return 1`;

interface Waiting {
  readonly key: string;
  readonly command: 'RPUSH' | 'RPUSHX';
  readonly step: string;
}

/** Shared by all instances. Steps are written by batches, which nothing waits for. */
export class RedisJourneyStore extends JourneyStore implements BeforeApplicationShutdown {
  override readonly since = undefined;
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** When each sign was written last. */
  private readonly signed = new Map<string, number>();

  constructor(
    private readonly redis: RedisClient,
    /** Has what this process has seen, for outages. */
    private readonly own: LocalJourneyStore,
  ) {
    super();
  }

  override add(subject: JourneySubject, step: JourneyStep, options: AddOptions = {}): void {
    this.own.add(subject, step, options);
    this.timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
    if (this.waiting.length >= MAX_WAITING) return;
    const command = options.onlyIfKnown === true ? 'RPUSHX' : 'RPUSH';
    this.waiting.push({ key: subjectKey(subject), command, step: JSON.stringify(step) });
  }

  override sign(signs: LiveKitSigns): void {
    this.own.sign(signs);
    const now = performance.now();
    const values: string[] = [];
    for (const [name, at] of Object.entries(signs)) {
      if (at === undefined || now - (this.signed.get(name) ?? -Infinity) < SIGN_EVERY_MS) continue;
      this.signed.set(name, now);
      values.push(name, String(at));
    }
    if (values.length === 0) return;
    void this.redis.ask(
      (connection) =>
        connection
          .multi()
          .hset(SIGNS_KEY, ...values)
          .pexpire(SIGNS_KEY, KEEP_FOR_MS)
          .exec(),
      'MULTI HSET',
    );
  }

  override async find(subject: JourneySubject): Promise<readonly JourneyStep[]> {
    await this.write();
    const own = await this.own.find(subject);
    const texts = await this.redis.ask(
      (connection) => connection.lrange(PREFIX + subjectKey(subject), 0, -1),
      'LRANGE',
    );
    if (texts === undefined || texts.length === 0) return own;
    const stored = inOrder(
      texts.map((text) => JSON.parse(text) as JourneyStep),
      Date.now(),
    );
    const last = stored.at(-1)?.at ?? 0;
    // Of an outage: not yet written, or dropped.
    const missing = own.filter(({ at }) => at > last);
    const steps: JourneyStep[] = [];
    for (const step of [...stored, ...missing]) addStep(steps, step);
    return steps;
  }

  override async signs(): Promise<LiveKitSigns> {
    const own = await this.own.signs();
    const { webhookAt, joinAt, gateAt } =
      (await this.redis.ask((connection) => connection.hgetall(SIGNS_KEY), 'HGETALL')) ?? {};
    return {
      webhookAt: later(own.webhookAt, webhookAt),
      joinAt: later(own.joinAt, joinAt),
      gateAt: later(own.gateAt, gateAt),
    };
  }

  override async participants(): Promise<readonly Required<JourneySubject>[]> {
    const keys = await this.redis.ask((connection) => connection.zrange(`${PREFIX}index:p`, 0, -1, 'REV'), 'ZRANGE');
    return keys?.map(participantOf) ?? this.own.participants();
  }

  /** Redis is still connected in this phase. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.write();
  }

  /** Writes everything that waits, as long as Redis takes it. */
  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeWaiting());
    return this.writing;
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      const values = batch.flatMap(({ key, command, step }) => [key, command, step]);
      const bounds = [PREFIX, KEEP_FOR_MS, MAX_STORED, MAX_SUBJECTS, Date.now()];
      const written = await this.redis.run(ADD, [`${PREFIX}index:p`, `${PREFIX}index:r`], ...bounds, ...values);
      // Tried again with the next step, or the next question.
      if (written === undefined) return;
      this.waiting = this.waiting.slice(batch.length);
    }
  }
}

const later = (one: number | undefined, other: string | undefined): number | undefined =>
  one === undefined && other === undefined ? undefined : Math.max(one ?? 0, Number(other ?? 0));
