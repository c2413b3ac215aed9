/** One server with a small or a large amount of work: it is brought there, measured again and again, and checked. */
import type { AnswerCheck } from './answer.check.js';
import type { Cores } from './cores.js';
import type { Amount, GrowthRow } from './growth.row.js';
import type { LoadClient } from './load.client.js';
import type { PhaseResult, Traffic } from './load.phase.js';
import type { WindowPlan } from './load.window.js';
import { ProcessUsage } from './process.usage.js';
import type { ServerProcess } from './server.process.js';
import { median } from './visit.js';

export interface GrowthFigures {
  /** CPU time of a request, window by window, and the median of it. */
  windows: number[];
  cpuMicros: number | null;
  /** After the last window. */
  memoryBytes: number | null;
  /** What other programs took of the cores of server and load, in whole cores, in the worst window. */
  otherCores: number;
}

/** The other server has had the core meanwhile. */
const REWARM = { warmUpAnswers: 200, warmUpSeconds: 0 };

export class GrowthServer {
  private readonly windows: number[] = [];
  private otherCores = 0;
  private sent = 0;
  private freshEvents = 0;

  constructor(
    private readonly server: ServerProcess,
    private readonly row: GrowthRow,
    private readonly amount: Amount,
    private readonly cores: Cores,
    private readonly load: LoadClient,
    private readonly check: AnswerCheck,
  ) {}

  async warmUp(): Promise<void> {
    for (const { answers, ...traffic } of this.amount.warmUps) {
      await this.drive(traffic, { warmUpAnswers: answers, warmUpSeconds: 0, seconds: 0 });
    }
  }

  async measure(seconds: number): Promise<void> {
    const { windowAnswers } = this.row;
    const most = windowAnswers === undefined ? {} : { mostAnswers: windowAnswers };
    const window = await this.drive(this.amount.traffic, { ...REWARM, seconds, ...most });
    this.otherCores = Math.max(this.otherCores, (window.otherCpuMicros ?? 0) / (window.seconds * 1e6));
    if (window.serverCpuMicros !== null) this.windows.push(window.serverCpuMicros / window.answers);
  }

  /** Brings it to so many answers. */
  async fill(answers: number): Promise<void> {
    const warmUpAnswers = Math.max(1, answers - this.sent);
    await this.drive(this.amount.traffic, { warmUpAnswers, warmUpSeconds: 0, seconds: 0 });
  }

  async figures(): Promise<GrowthFigures> {
    const { windows, otherCores } = this;
    if (this.amount.traffic.events !== undefined) {
      await this.check.events(this.server.port, this.sent, this.freshEvents);
    }
    const memoryBytes = new ProcessUsage(this.server.pid).memoryBytes();
    return { windows, cpuMicros: windows.length === 0 ? null : median(windows), memoryBytes, otherCores };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  obituary(): string {
    return this.server.obituary();
  }

  private async drive(traffic: Traffic, plan: WindowPlan): Promise<PhaseResult> {
    const { port, pid: serverPid } = this.server;
    const place = { port, serverPid, cores: this.cores.list };
    const phase = await this.load.run({
      ...place,
      ...traffic,
      ...plan,
      rate: null,
      firstRequest: this.sent,
      keepOpen: true,
    });
    this.sent += phase.requests;
    this.freshEvents += Math.min(traffic.events ?? 0, phase.requests);
    await this.check.tokens(phase.samples, this.row.lifetime);
    return phase;
  }
}
