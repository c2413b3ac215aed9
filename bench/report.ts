/** Turns the figures of a run into the text that is printed, with a warning wherever they deserve less trust. */
import { cpuRatio, medianFigures, type Figures, type Visit } from './visit.js';
import { Table } from './table.js';

interface Line {
  label: string;
  key: keyof Figures;
  digits: number;
  /** What a figure is divided by to be printed in the unit of the label. */
  unit: number;
}

const BUSY_ENOUGH = 0.9;
/** In cores: the clock of the kernel that tells it is coarse, so a few hundredths mean nothing. */
const QUIET_ENOUGH = 0.1;
const RATE_KEPT = 0.98;
const STEADY_ENOUGH = 0.1;

export class Report {
  private readonly names: string[];

  /** `builds` are the contestants that are builds of ours; each is set against everyone else. */
  constructor(
    private readonly visits: Visit[],
    private readonly builds: readonly string[],
    private readonly rate: number,
  ) {
    this.names = [...new Set(visits.map((visit) => visit.contestant))];
  }

  static roundLine({ round, contestant, figures, serverBusy }: Visit): string {
    const busy = serverBusy === null ? 'n/a' : `${(serverBusy * 100).toFixed(0)} %`;
    const rate = figures.requestsPerSecond.toFixed(0);
    return `round ${round}  ${contestant.padEnd(9)}  ${rate.padStart(6)} requests a second, server core busy ${busy}\n`;
  }

  medians(): Record<string, Figures> {
    return Object.fromEntries(this.names.map((name) => [name, medianFigures(this.of(name))]));
  }

  tables(): string {
    const bases = this.names.filter((name) => this.builds.includes(name));
    const [fallback] = this.names;
    if (bases.length === 0 && fallback !== undefined) bases.push(fallback);
    return bases.map((base) => this.tableFor(base).toString()).join('\n');
  }

  warnings(): string[] {
    const found: string[] = [];
    for (const { contestant, round, serverBusy, otherCores, rateKept } of this.visits) {
      const where = `${contestant}, round ${round}`;
      if (serverBusy !== null && serverBusy < BUSY_ENOUGH) {
        const part = (serverBusy * 100).toFixed(0);
        found.push(`${where}: the server had its core for only ${part} % of the full load, so it was not the limit`);
      }
      if (otherCores !== null && otherCores > QUIET_ENOUGH) {
        found.push(`${where}: other programs took up to ${otherCores.toFixed(1)} of the two cores in use`);
      }
      if (rateKept < RATE_KEPT) {
        found.push(`${where}: only ${(rateKept * 100).toFixed(0)} % of the constant rate was answered in time`);
      }
    }
    for (const name of this.names) {
      const rates = this.of(name).map((visit) => visit.figures.requestsPerSecond);
      const spread = (Math.max(...rates) - Math.min(...rates)) / medianFigures(this.of(name)).requestsPerSecond;
      if (spread > STEADY_ENOUGH) {
        found.push(`${name}: its rounds are ${(spread * 100).toFixed(0)} % apart, the machine was not quiet`);
      }
    }
    return found;
  }

  private tableFor(base: string): Table {
    const rivals = this.names.filter((name) => name !== base);
    const medians = this.medians();
    const table = new Table();
    table.add('', base, ...rivals.flatMap((rival) => [rival, `${base}/${rival}`]));
    for (const { label, key, digits, unit } of this.lines()) {
      const show = (value: number | null | undefined): string =>
        value === null || value === undefined ? 'n/a' : format(value / unit, digits);
      const own = medians[base]?.[key];
      const cells = rivals.flatMap((rival) => {
        const other = medians[rival]?.[key];
        const ofMedians = own && other ? own / other : null;
        const ratio = key === 'cpuMicrosPerToken' ? cpuRatio(this.visits, base, rival) : ofMedians;
        return [show(other), ratio === null ? 'n/a' : `${ratio.toFixed(2)}x`];
      });
      table.add(label, show(own), ...cells);
    }
    return table;
  }

  private lines(): Line[] {
    const atRate = `at ${format(this.rate, 0)} requests a second, ms`;
    return [
      { label: 'requests a second at full load', key: 'requestsPerSecond', digits: 0, unit: 1 },
      { label: 'p50 latency at full load, ms', key: 'fullP50Ms', digits: 1, unit: 1 },
      { label: 'p99 latency at full load, ms', key: 'fullP99Ms', digits: 1, unit: 1 },
      { label: `p50 latency ${atRate}`, key: 'steadyP50Ms', digits: 2, unit: 1 },
      { label: `p99 latency ${atRate}`, key: 'steadyP99Ms', digits: 2, unit: 1 },
      { label: 'CPU time a token, µs', key: 'cpuMicrosPerToken', digits: 0, unit: 1 },
      { label: 'peak memory under load, MiB', key: 'peakMemoryBytes', digits: 1, unit: 2 ** 20 },
      { label: 'cold start to first token, ms', key: 'coldStartMs', digits: 0, unit: 1 },
    ];
  }

  private of(name: string): Visit[] {
    return this.visits.filter((visit) => visit.contestant === name);
  }
}

function format(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
