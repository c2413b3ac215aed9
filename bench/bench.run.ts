/** Leads every server through its rounds, one server at a time, and gathers the figures. */
import { join } from 'node:path';

import { AnswerCheck } from './answer.check.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import type { LoadClient } from './load.client.js';
import type { WindowFigures } from './load.window.js';
import { ProcessUsage } from './process.usage.js';
import { ServerProcess } from './server.process.js';
import { median, type Visit } from './visit.js';

export interface RunSettings {
  contestants: Contestant[];
  seconds: number;
  rounds: number;
  /** Where the servers write their logs; nothing there outlives the run. */
  folder: string;
}

export const CONNECTIONS = 64;
export const COLD_STARTS = 2;
/**
 * Counted in answers, as the engine compiles what has run often: in equal time a slow server would be measured before
 * it is at its best. With these the figures of all servers have stopped rising.
 */
const FULL_WARM_UP = { warmUpAnswers: 10_000, warmUpSeconds: 1 };
const STEADY_WARM_UP = { warmUpAnswers: 0, warmUpSeconds: 0.5 };

export class BenchRun {
  private pace: number | undefined;

  constructor(
    private readonly settings: RunSettings,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {}

  /** The constant rate all servers are held at: half of what the first one reached in its first round. */
  get rate(): number | undefined {
    return this.pace;
  }

  async *visits(): AsyncGenerator<Visit> {
    const { contestants, rounds } = this.settings;
    for (let round = 1; round <= rounds; round++) {
      // Every other round goes backwards, so that a machine that slows down during the run favours nobody.
      const order = round % 2 === 1 ? contestants : contestants.toReversed();
      for (const contestant of order) yield await this.visit(contestant, round);
    }
  }

  private async visit(contestant: Contestant, round: number): Promise<Visit> {
    const coldStartsMs: number[] = [];
    for (let i = 1; i < COLD_STARTS; i++) {
      const server = await this.start(contestant);
      coldStartsMs.push(server.coldStartMs);
      await server.stop();
    }
    const server = await this.start(contestant);
    coldStartsMs.push(server.coldStartMs);
    try {
      return { ...(await this.measure(contestant.name, server, coldStartsMs)), round };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${contestant.name}, round ${round}: ${reason}${server.obituary()}`, { cause: error });
    } finally {
      await server.stop();
    }
  }

  private async measure(name: string, server: ServerProcess, coldStartsMs: number[]): Promise<Omit<Visit, 'round'>> {
    const check = new AnswerCheck();
    await check.contract(server.port);

    const { seconds } = this.settings;
    const target = {
      port: server.port,
      serverPid: server.pid,
      cores: this.cores.list,
      connections: CONNECTIONS,
      seconds,
    };
    const full = await this.load.run({ ...target, ...FULL_WARM_UP, rate: null });
    const requestsPerSecond = full.answers / full.seconds;
    this.pace ??= Math.max(1, Math.round(requestsPerSecond / 2));
    const steady = await this.load.run({ ...target, ...STEADY_WARM_UP, rate: this.pace });
    const peakMemoryBytes = new ProcessUsage(server.pid).peakMemoryBytes();
    await check.tokens([...full.samples, ...steady.samples]);

    const cpu = full.serverCpuMicros;
    return {
      contestant: name,
      coldStartsMs,
      serverBusy: cpu === null ? null : cpu / (full.seconds * 1e6),
      otherCores: otherCores([full, steady]),
      rateKept: steady.answers / steady.seconds / this.pace,
      figures: {
        requestsPerSecond,
        fullP50Ms: full.p50Ms,
        fullP99Ms: full.p99Ms,
        steadyP50Ms: steady.p50Ms,
        steadyP99Ms: steady.p99Ms,
        cpuMicrosPerToken: cpu === null ? null : cpu / full.answers,
        peakMemoryBytes,
        coldStartMs: median(coldStartsMs),
      },
    };
  }

  private start(contestant: Contestant): Promise<ServerProcess> {
    return ServerProcess.start(contestant, this.cores, join(this.settings.folder, `${contestant.name}.log`));
  }
}

function otherCores(phases: WindowFigures[]): number | null {
  const used = phases.map(({ otherCpuMicros, seconds }) => (otherCpuMicros ?? Number.NaN) / (seconds * 1e6));
  const most = Math.max(...used);
  return Number.isNaN(most) ? null : most;
}
