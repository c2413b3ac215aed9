import { randomUUID } from 'node:crypto';

import type { RedisClient } from '../redis/redis.client.js';

import { deliveryKey } from './delivery.key.js';
import { type Claim, DeliveryStore } from './delivery.store.js';
import { type LocalDeliveryStore, REMEMBER_FOR_MS } from './local-delivery.store.js';

const KEY_PREFIX = 'livekit-token-service:webhook:';

/**
 * How long the claim of an instance that was killed blocks the others. Longer than an answer takes (5 s), shorter than the 15 s within
 * which LiveKit repeats an event.
 */
export const LEASE_MS = 10_000;

/** How often a claim is renewed while listeners run. */
const RENEW_MS = 3_000;

/** A listener that never returns stops renewing its claim after this time. LiveKit's repeats are over by then. */
const RENEW_FOR_MS = 60_000;

/** Separates the state from the names of the listeners in `done`, and these from each other. */
const SEPARATOR = '\n';

/**
 * A key expires REMEMBER_FOR_MS after its last change. A claim is valid for the first LEASE_MS of that, so an expired claim still
 * tells which listeners succeeded. A second claim by the same owner succeeds: its first reply was lost.
 */
const CLAIM = `
local state, owner, done = unpack(redis.call('HMGET', KEYS[1], 'state', 'owner', 'done'))
if state == 'handled' then return state end
local age = ARGV[2] - redis.call('PTTL', KEYS[1])
if state == 'claimed' and owner ~= ARGV[1] and age < tonumber(ARGV[3]) then return 'busy' end
redis.call('HSET', KEYS[1], 'state', 'claimed', 'owner', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'claimed' .. (done or '')`;

const RENEW = `
local state, owner = unpack(redis.call('HMGET', KEYS[1], 'state', 'owner'))
if state == 'claimed' and owner == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`;

/** Regardless of the owner: the event was handled, even if the claim has expired. */
const HANDLED = `
redis.call('HSET', KEYS[1], 'state', 'handled')
redis.call('HDEL', KEYS[1], 'owner', 'done')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** Does nothing if another instance has claimed the event since. */
const FAILED = `
local state, owner = unpack(redis.call('HMGET', KEYS[1], 'state', 'owner'))
if state == 'handled' or (state == 'claimed' and owner ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'state', 'failed', 'done', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

export class RedisDeliveryStore extends DeliveryStore {
  /** Identifies the claims of this process. */
  private readonly owner = randomUUID();
  private readonly renewals = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly redis: RedisClient,
    private readonly own: LocalDeliveryStore,
  ) {
    super();
  }

  override async claim(id: string): Promise<Claim> {
    const known = await this.own.claim(id);
    if (known.state !== 'claimed') return known;
    const answer = await this.run(CLAIM, id, LEASE_MS);
    if (answer === undefined) return known;
    const [state, ...done] = String(answer).split(SEPARATOR);
    if (state === 'busy') return { state };
    if (state === 'handled') {
      await this.own.handled(id);
      return { state };
    }
    this.keep(id);
    // This process may have handled an earlier attempt while Redis was unreachable.
    return { state: 'claimed', done: [...new Set([...done, ...known.done])] };
  }

  override async handled(id: string): Promise<void> {
    this.release(id);
    await this.own.handled(id);
    await this.run(HANDLED, id);
  }

  override async failed(id: string, done: readonly string[]): Promise<void> {
    this.release(id);
    await this.own.failed(id, done);
    await this.run(FAILED, id, done.map((name) => SEPARATOR + name).join(''));
  }

  private run(script: string, id: string, ...values: (string | number)[]): Promise<unknown> {
    const key = KEY_PREFIX + deliveryKey(id);
    return this.redis.ask(
      (connection) => connection.eval(script, 1, key, this.owner, REMEMBER_FOR_MS, ...values),
      'EVAL',
    );
  }

  /** Renews the claim while the listeners run, so that no other instance calls them at the same time. */
  private keep(id: string): void {
    this.release(id);
    const end = performance.now() + RENEW_FOR_MS;
    const renewal = setInterval(() => {
      if (performance.now() < end) void this.run(RENEW, id);
      else this.release(id);
    }, RENEW_MS);
    this.renewals.set(id, renewal.unref());
  }

  private release(id: string): void {
    clearInterval(this.renewals.get(id));
    this.renewals.delete(id);
  }
}
