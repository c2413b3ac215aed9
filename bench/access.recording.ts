/** What a token costs with its admission recorded, beside one without: pair by pair of servers, and window by window. */
import { join } from 'node:path';

import { AnswerCheck } from './answer.check.js';
import type { RunSettings } from './bench.run.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import type { Amount } from './growth.row.js';
import { type GrowthFigures, GrowthServer } from './growth.server.js';
import type { LoadClient } from './load.client.js';
import { CONNECTIONS } from './measured.server.js';
import { namesOf } from './request.set.js';
import { ServerProcess } from './server.process.js';
import { median } from './visit.js';

export interface Recording {
  /** CPU time of a token in microseconds; null if the kernel does not tell or it was not measured. */
  readonly off: number | null;
  readonly on: number | null;
  readonly redis: number | null;
  /** `on` beside `off`: of each pair of servers the median of its windows. */
  readonly ratios: readonly number[];
  /** Memory of an admission. */
  readonly bytes: number | null;
  /** What other programs took of the cores of server and load, in whole cores, in the worst window. */
  readonly otherCores: number;
}

interface Pair {
  readonly off: GrowthFigures | undefined;
  readonly on: GrowthFigures | undefined;
  readonly redis: GrowthFigures | undefined;
}

/** Admissions of as many rooms. Below the bound of a process, so that none is forgotten. */
const ADMISSIONS = 40_000;
const WARM_UP_ANSWERS = 10_000;
/**
 * As many windows for each pair, each with so many answers: all of them are first admissions. Short, so that the load of other programs is
 * the same in two that follow each other.
 */
const WINDOWS = 8;
const WINDOW_ANSWERS = 1_000;
const WINDOW_SECONDS = 5;

/** Settings with which access can be enforced. Nothing listens there, and nothing is sent. */
export const LIVEKIT = { LIVEKIT_URL: 'ws://127.0.0.1:9', ACCESS_RECONCILE: '0' };

export class RecordingCost {
  private readonly names = namesOf(ADMISSIONS);

  constructor(
    private readonly settings: RunSettings,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {}

  async measure(build: Contestant, redisUrl: string | undefined): Promise<Recording> {
    const pairs: Pair[] = [];
    // Two processes of one build differ by more than a record costs, as long as they run.
    const count = 2 * this.settings.rounds - 1;
    for (let pair = 0; pair < count; pair += 1) {
      const isLast = pair === count - 1;
      pairs.push(await this.measurePair(build, isLast, isLast ? redisUrl : undefined));
    }
    const all = pairs.flatMap(({ off, on, redis }) => [off, on, redis]).filter((figures) => figures !== undefined);
    const last = pairs.at(-1);
    return {
      off: medianOf(pairs.map(({ off }) => off?.cpuMicros)),
      on: medianOf(pairs.map(({ on }) => on?.cpuMicros)),
      redis: last?.redis?.cpuMicros ?? null,
      ratios: pairs
        .map(({ off, on }) => ratiosOf(off, on))
        .flatMap((ratios) => (ratios.length ? [median(ratios)] : [])),
      bytes: bytesOf(last?.off, last?.on),
      otherCores: Math.max(0, ...all.map(({ otherCores }) => otherCores)),
    };
  }

  private async measurePair(build: Contestant, fills: boolean, redisUrl: string | undefined): Promise<Pair> {
    const servers = new Map<keyof Pair, GrowthServer>();
    try {
      servers.set('off', await this.start(build, { ACCESS_ENFORCEMENT: 'off' }));
      servers.set('on', await this.start(build, { ACCESS_ENFORCEMENT: 'on' }));
      if (redisUrl !== undefined) {
        servers.set('redis', await this.start(build, { ACCESS_ENFORCEMENT: 'on', REDIS_URL: redisUrl }));
      }
      for (const server of servers.values()) await server.warmUp();
      for (let window = 0; window < WINDOWS; window += 1) {
        // Each of them first in turn: a machine that slows down favours none.
        const order = window % 2 === 0 ? [...servers.values()] : [...servers.values()].toReversed();
        for (const server of order) await server.measure(WINDOW_SECONDS);
      }
      if (fills) for (const name of ['off', 'on'] as const) await servers.get(name)?.fill(ADMISSIONS);
      return {
        off: await servers.get('off')?.figures(),
        on: await servers.get('on')?.figures(),
        redis: await servers.get('redis')?.figures(),
      };
    } finally {
      for (const server of servers.values()) await server.stop();
    }
  }

  private async start(build: Contestant, env: Record<string, string>): Promise<GrowthServer> {
    const traffic = { connections: CONNECTIONS, names: this.names };
    const amount: Amount = { size: ADMISSIONS, traffic, warmUps: [{ ...traffic, answers: WARM_UP_ANSWERS }] };
    const row = { label: 'access', small: amount, large: amount, rivals: [], windowAnswers: WINDOW_ANSWERS };
    const log = join(this.settings.folder, `access-${Object.values(env).length}-${env['ACCESS_ENFORCEMENT']}.log`);
    const server = await ServerProcess.start({ ...build, env: { ...build.env, ...LIVEKIT, ...env } }, this.cores, log);
    return new GrowthServer(server, row, amount, this.cores, this.load, new AnswerCheck());
  }
}

function ratiosOf(off: GrowthFigures | undefined, on: GrowthFigures | undefined): number[] {
  const without = off?.windows ?? [];
  return (on?.windows ?? []).map((micros, window) => micros / (without[window] ?? Number.NaN));
}

function medianOf(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : median(known);
}

function bytesOf(off: GrowthFigures | undefined, on: GrowthFigures | undefined): number | null {
  if (typeof off?.memoryBytes !== 'number' || typeof on?.memoryBytes !== 'number') return null;
  return (on.memoryBytes - off.memoryBytes) / ADMISSIONS;
}
