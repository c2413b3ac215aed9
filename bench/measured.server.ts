/** One server of a round: brought to speed, measured at full load window by window, then at a constant rate. */
import { AnswerCheck } from './answer.check.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import type { LoadClient } from './load.client.js';
import type { PhaseResult } from './load.phase.js';
import type { WindowPlan } from './load.window.js';
import { ProcessUsage } from './process.usage.js';
import type { ServerProcess } from './server.process.js';
import { median, type Visit } from './visit.js';

export const CONNECTIONS = 64;
/** Short, so that a machine that slows down does so for all servers of a turn. */
export const WINDOW_SECONDS = 0.1;
/**
 * Counted in answers, as the engine compiles what has run often: in equal time a slow server would be measured before
 * it is at its best. With these the figures of all servers have stopped rising.
 */
const WARM_UP = { warmUpAnswers: 10_000, warmUpSeconds: 1, seconds: 0 };
/** The other servers have had the core meanwhile. */
const REWARM = { warmUpAnswers: 100, warmUpSeconds: 0, seconds: WINDOW_SECONDS };
const STEADY_WARM_UP = { warmUpAnswers: 0, warmUpSeconds: 0.5 };

export class MeasuredServer {
  private readonly check = new AnswerCheck();
  private readonly windows: PhaseResult[] = [];
  private sent = 0;

  constructor(
    private readonly contestant: Contestant,
    private readonly server: ServerProcess,
    private readonly coldStartsMs: number[],
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {}

  get requestsPerSecond(): number {
    return sum(this.windows, 'answers') / sum(this.windows, 'seconds');
  }

  async warmUp(): Promise<void> {
    await this.check.contract(this.server.port);
    await this.drive(WARM_UP, null);
  }

  async window(counts: boolean): Promise<void> {
    const window = await this.drive(REWARM, null);
    if (counts) this.windows.push(window);
  }

  async visit(round: number, rate: number, seconds: number): Promise<Visit> {
    const { windows, coldStartsMs } = this;
    const steady = await this.drive({ ...STEADY_WARM_UP, seconds }, rate);
    const cpuMicros = windows.map(({ serverCpuMicros, answers }) => (serverCpuMicros ?? Number.NaN) / answers);
    const busyMicros = sum(windows, 'serverCpuMicros');
    return {
      contestant: this.contestant.name,
      round,
      coldStartsMs,
      cpuMicros: cpuMicros.some(Number.isNaN) ? [] : cpuMicros,
      serverBusy: busyMicros === 0 ? null : busyMicros / (sum(windows, 'seconds') * 1e6),
      otherCores: otherCores(windows, [steady]),
      rateKept: steady.answers / steady.seconds / rate,
      figures: {
        requestsPerSecond: this.requestsPerSecond,
        fullP50Ms: median(windows.map(({ p50Ms }) => p50Ms)),
        fullP99Ms: median(windows.map(({ p99Ms }) => p99Ms)),
        steadyP50Ms: steady.p50Ms,
        steadyP99Ms: steady.p99Ms,
        cpuMicrosPerToken: cpuMicros.some(Number.isNaN) ? null : median(cpuMicros),
        peakMemoryBytes: new ProcessUsage(this.server.pid).peakMemoryBytes(),
        coldStartMs: median(coldStartsMs),
      },
    };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private async drive(plan: WindowPlan, rate: number | null): Promise<PhaseResult> {
    const { port, pid: serverPid } = this.server;
    const place = { port, serverPid, cores: this.cores.list, connections: CONNECTIONS };
    try {
      const phase = await this.load.run({ ...place, ...plan, rate, firstRequest: this.sent, keepOpen: true });
      this.sent += phase.requests;
      await this.check.tokens(phase.samples);
      return phase;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.contestant.name}: ${reason}${this.server.obituary()}`, { cause: error });
    }
  }
}

function sum(windows: readonly PhaseResult[], key: 'answers' | 'seconds' | 'serverCpuMicros'): number {
  return windows.reduce((total, window) => total + (window[key] ?? 0), 0);
}

/** The worse of the two loads. */
function otherCores(...loads: PhaseResult[][]): number | null {
  const used = loads.map((phases) => {
    const micros = phases.reduce((total, { otherCpuMicros }) => total + (otherCpuMicros ?? Number.NaN), 0);
    return micros / (sum(phases, 'seconds') * 1e6);
  });
  const most = Math.max(...used);
  return Number.isNaN(most) ? null : most;
}
