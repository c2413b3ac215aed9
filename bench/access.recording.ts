/** What a token costs with its admission recorded, beside one without: window by window, servers in turn. */
import { join } from 'node:path';

import { AnswerCheck } from './answer.check.js';
import { CONNECTIONS, type RunSettings } from './bench.run.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import type { Amount } from './growth.row.js';
import { type GrowthFigures, GrowthServer } from './growth.server.js';
import type { LoadClient } from './load.client.js';
import { namesOf } from './request.set.js';
import { ServerProcess } from './server.process.js';

export interface Recording {
  /** CPU time of a token in microseconds; null if the kernel does not tell or it was not measured. */
  readonly off: number | null;
  readonly on: number | null;
  readonly redis: number | null;
  /** `on` beside `off`, window by window. */
  readonly ratios: readonly number[];
  /** Memory of an admission. */
  readonly bytes: number | null;
  /** What other programs took of the cores of server and load, in whole cores, in the worst window. */
  readonly otherCores: number;
}

/** Admissions of as many rooms. Below the bound of a process, so that none is forgotten. */
const ADMISSIONS = 40_000;
const WARM_UP_ANSWERS = 10_000;
/**
 * As many windows, each with so many answers: all of them are first admissions. Short, so that the load of other programs is the same in
 * two that follow each other.
 */
const WINDOWS = 24;
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
    const servers = new Map<'off' | 'on' | 'redis', GrowthServer>();
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
      for (const name of ['off', 'on'] as const) await servers.get(name)?.fill(ADMISSIONS);
      const [off, on, redis] = [
        await servers.get('off')?.figures(),
        await servers.get('on')?.figures(),
        await servers.get('redis')?.figures(),
      ];
      return {
        off: off?.cpuMicros ?? null,
        on: on?.cpuMicros ?? null,
        redis: redis?.cpuMicros ?? null,
        ratios: ratiosOf(off, on),
        bytes: bytesOf(off, on),
        otherCores: Math.max(0, ...[off, on, redis].map((figures) => figures?.otherCores ?? 0)),
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

function bytesOf(off: GrowthFigures | undefined, on: GrowthFigures | undefined): number | null {
  if (typeof off?.memoryBytes !== 'number' || typeof on?.memoryBytes !== 'number') return null;
  return (on.memoryBytes - off.memoryBytes) / ADMISSIONS;
}
