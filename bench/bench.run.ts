/** Leads the servers through the rounds and gathers the figures. The servers of a round run together, and the load alternates between them. */
import { join } from 'node:path';

import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import type { LoadClient } from './load.client.js';
import { MeasuredServer, WINDOW_SECONDS } from './measured.server.js';
import { ServerProcess } from './server.process.js';
import type { Visit } from './visit.js';

export interface RunSettings {
  contestants: Contestant[];
  seconds: number;
  rounds: number;
  /** Where the servers write their logs; nothing there outlives the run. */
  folder: string;
}

export const COLD_STARTS = 2;
/** Not measured: a server that was idle while others were warmed up needs some thousand answers to be as fast again, Express on Node 20 the most. */
const SETTLING_TURNS = 15;

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
    for (let round = 1; round <= this.settings.rounds; round++) yield* this.round(round);
  }

  private async *round(round: number): AsyncGenerator<Visit> {
    const { contestants, seconds } = this.settings;
    const servers: MeasuredServer[] = [];
    try {
      for (const contestant of contestants) servers.push(await this.start(contestant));
      for (const server of servers) await server.warmUp();
      for (let turn = -SETTLING_TURNS; turn * WINDOW_SECONDS < seconds; turn++) {
        // Every other turn goes backwards, so that a machine that slows down favours nobody.
        for (const server of turn % 2 === 0 ? servers : servers.toReversed()) await server.window(turn >= 0);
      }
      this.pace ??= Math.max(1, Math.round((servers[0]?.requestsPerSecond ?? 0) / 2));
      for (const server of servers) yield await server.visit(round, this.pace, seconds);
    } finally {
      for (const server of servers) await server.stop();
    }
  }

  private async start(contestant: Contestant): Promise<MeasuredServer> {
    const log = join(this.settings.folder, `${contestant.name}.log`);
    const coldStartsMs: number[] = [];
    for (;;) {
      const server = await ServerProcess.start(contestant, this.cores, log);
      coldStartsMs.push(server.coldStartMs);
      if (coldStartsMs.length === COLD_STARTS) {
        return new MeasuredServer(contestant, server, coldStartsMs, this.cores, this.load);
      }
      await server.stop();
    }
  }
}
