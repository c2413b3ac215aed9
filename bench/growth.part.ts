/** Measures whether a request costs the same when there is much of everything: beside a small amount, window by window. */
import { join } from 'node:path';

import { AnswerCheck } from './answer.check.js';
import type { RunSettings } from './bench.run.js';
import { type Contestant, OUR_BUILDS } from './contestant.js';
import type { Cores } from './cores.js';
import { type Amount, growthRows, type GrowthRow } from './growth.row.js';
import { type GrowthFigures, GrowthServer } from './growth.server.js';
import type { LoadClient } from './load.client.js';
import { openFilesLimit } from './open-files.js';
import type { Part } from './part.js';
import { ServerProcess } from './server.process.js';
import { Table } from './table.js';

interface Growth {
  row: string;
  contestant: string;
  sizes: [small: number, large: number];
  small: GrowthFigures;
  large: GrowthFigures;
}

const CONNECTIONS = 1_000;
/** What a server has open beside connections. */
const OTHER_FILES = 100;
/** For each round of the comparison about two windows, an odd number of them, each this part of its seconds. */
const WINDOW = 0.2;
/** In cores: one window is short, and the kernel's clock of it coarse. */
const QUIET_ENOUGH = 0.2;
const FLAT_CPU = 1.15;
const FLAT_MEMORY = 1.5;

export class GrowthPart implements Part {
  private readonly rows: GrowthRow[];
  private readonly connections: number;
  private readonly found: Growth[] = [];

  constructor(
    private readonly settings: RunSettings,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {
    this.connections = Math.min(CONNECTIONS, openFilesLimit() - OTHER_FILES);
    this.rows = growthRows(settings.folder, this.connections);
  }

  async run(say: (text: string) => void): Promise<void> {
    for (const row of this.rows) {
      for (const contestant of this.settings.contestants) {
        const asked = OUR_BUILDS.includes(contestant.name) || row.rivals.some((rival) => rival === contestant.name);
        if (!asked) continue;
        const growth = await this.measure(row, contestant);
        this.found.push(growth);
        say(`growth   ${row.label}, ${contestant.name}: ${ratio(growth.small.cpuMicros, growth.large.cpuMicros)}\n`);
      }
    }
  }

  report(): string {
    const table = new Table();
    table.add('', 'small', 'large', '', 'CPU, µs: small', 'large', 'ratio', 'MiB: small', 'large', 'ratio');
    for (const { row, contestant, sizes, small, large } of this.found) {
      table.add(
        row,
        ...sizes.map((size) => size.toLocaleString('en-US')),
        contestant,
        micros(small),
        micros(large),
        ratio(small.cpuMicros, large.cpuMicros),
        mebibytes(small),
        mebibytes(large),
        ratio(small.memoryBytes, large.memoryBytes),
      );
    }
    return [
      `${table.toString()}\n`,
      'CPU time is that of a request; memory is what the process holds after the load.\n',
      ...this.warnings().map((warning) => `WARNING  ${warning}\n`),
    ].join('');
  }

  figures(): Record<string, unknown> {
    return { growth: this.found };
  }

  private warnings(): string[] {
    const found: string[] = [];
    for (const { row, contestant, small, large } of this.found) {
      if (!OUR_BUILDS.includes(contestant)) continue;
      const grown = (what: string, from: number | null, to: number | null, bound: number): void => {
        if (from !== null && to !== null && to / from > bound) found.push(`${contestant}, ${row}: ${what} is not flat`);
      };
      grown('CPU time', small.cpuMicros, large.cpuMicros, FLAT_CPU);
      grown('memory', small.memoryBytes, large.memoryBytes, FLAT_MEMORY);
    }
    const others = Math.max(...this.found.flatMap(({ small, large }) => [small.otherCores, large.otherCores]));
    if (others > QUIET_ENOUGH) found.push(`other programs took up to ${others.toFixed(1)} of the two cores in use`);
    if (this.connections < CONNECTIONS) {
      found.push(
        `a process may have so few files open here (ulimit -Hn) that only ${this.connections} connections were`,
      );
    }
    return found;
  }

  private async measure(row: GrowthRow, contestant: Contestant): Promise<Growth> {
    const { seconds, rounds } = this.settings;
    const servers: GrowthServer[] = [];
    try {
      const small = await this.start(row, contestant, 'small');
      servers.push(small);
      const large = await this.start(row, contestant, 'large');
      servers.push(large);
      for (const server of servers) await server.warmUp();
      for (let window = 0; window < 2 * rounds - 1; window++) {
        // In turn, and each of them first in turn: a machine that slows down favours neither.
        for (const server of window % 2 === 0 ? servers : servers.toReversed()) await server.measure(seconds * WINDOW);
      }
      return {
        row: row.label,
        contestant: contestant.name,
        sizes: [row.small.size, row.large.size],
        small: await small.figures(),
        large: await large.figures(),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const ends = servers.map((server) => server.obituary()).join('');
      throw new Error(`${contestant.name}, ${row.label}: ${reason}${ends}`, { cause: error });
    } finally {
      for (const server of servers) await server.stop();
    }
  }

  private async start(row: GrowthRow, contestant: Contestant, which: 'small' | 'large'): Promise<GrowthServer> {
    const amount: Amount = row[which];
    const log = join(this.settings.folder, `${contestant.name}-${which}.log`);
    const env = { ...contestant.env, ...amount.env };
    const server = await ServerProcess.start({ ...contestant, env }, this.cores, log);
    return new GrowthServer(server, row, amount, this.cores, this.load, new AnswerCheck());
  }
}

function micros({ cpuMicros }: GrowthFigures): string {
  return cpuMicros === null ? 'n/a' : cpuMicros.toFixed(0);
}

function mebibytes({ memoryBytes }: GrowthFigures): string {
  return memoryBytes === null ? 'n/a' : (memoryBytes / 2 ** 20).toFixed(0);
}

function ratio(small: number | null, large: number | null): string {
  return small === null || large === null ? 'n/a' : `${(large / small).toFixed(2)}x`;
}
