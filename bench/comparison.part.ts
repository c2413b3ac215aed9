/** Measures this service beside its rivals; a figure is the median of the rounds, a ratio of CPU time that of all windows. */
import { BenchRun, COLD_STARTS, type RunSettings } from './bench.run.js';
import { FLOOR, OUR_BUILDS } from './contestant.js';
import type { Cores } from './cores.js';
import { goals } from './goals.js';
import type { LoadClient } from './load.client.js';
import { CONNECTIONS, WINDOW_SECONDS } from './measured.server.js';
import type { Part } from './part.js';
import { Report } from './report.js';
import type { Visit } from './visit.js';

export class Comparison implements Part {
  private readonly benchRun: BenchRun;
  private readonly visits: Visit[] = [];

  private readonly settings: RunSettings;

  constructor(settings: RunSettings, cores: Cores, load: LoadClient) {
    this.settings = { ...settings, contestants: settings.contestants.filter(({ name }) => name !== FLOOR) };
    this.benchRun = new BenchRun(this.settings, cores, load);
  }

  async run(say: (text: string) => void): Promise<void> {
    const { seconds, rounds } = this.settings;
    say(`load     ${rounds} rounds of ${seconds} s at full load, in turns of ${WINDOW_SECONDS} s a server, `);
    say(`and ${seconds} s at a constant rate; ${CONNECTIONS} connections\n\n`);
    for await (const visit of this.benchRun.visits()) {
      this.visits.push(visit);
      say(Report.roundLine(visit));
    }
  }

  report(): string {
    const report = this.toReport();
    return [
      `${report.tables()}\n`,
      `The constant rate is the same for all: half of what ${this.pacer} reached at full load in round 1.\n`,
      'Latency there counts from the time a request was due, so waiting behind a slow answer is part of it.\n',
      `Cold starts: ${COLD_STARTS} a round, each from the spawn of the process to its first token.\n`,
      ...goals(process.versions.node, this.visits),
      ...report.warnings().map((warning) => `WARNING  ${warning}\n`),
    ].join('');
  }

  figures(): Record<string, unknown> {
    const { visits } = this;
    return { rate: this.rate, contestants: this.settings.contestants, medians: this.toReport().medians(), visits };
  }

  private toReport(): Report {
    return new Report(this.visits, OUR_BUILDS, this.rate);
  }

  private get rate(): number {
    return this.benchRun.rate ?? 0;
  }

  private get pacer(): string {
    return this.settings.contestants[0]?.name ?? '';
  }
}
