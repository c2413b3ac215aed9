/** Measures the stretch of a load between its warm-up and its end: answers, latencies and who used the processor. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

import type { CoreUsage } from './core.usage.js';
import type { ProcessUsage } from './process.usage.js';

export interface WindowFigures {
  seconds: number;
  answers: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  serverCpuMicros: number | null;
  loadCpuMicros: number;
  /** What the cores of server and load did for anyone else, such as other programs on the machine. */
  otherCpuMicros: number | null;
}

/** The warm-up lasts until both its answers and its seconds are reached. */
export interface WindowPlan {
  warmUpAnswers: number;
  warmUpSeconds: number;
  seconds: number;
  /** The window closes with this answer, should its seconds take longer. */
  mostAnswers?: number;
}

interface Cpu {
  server: number | null;
  load: number;
  cores: number | null;
}

const NANOS_PER_MS = 1e6;

export class LoadWindow {
  private readonly latencies: RecordableHistogram = createHistogram();
  private warmUpAnswers = 0;
  private answers = 0;
  private beginAt = Number.POSITIVE_INFINITY;
  private endAt = Number.POSITIVE_INFINITY;
  private atBegin: Cpu | undefined;
  private atEnd: Cpu | undefined;
  private readonly mostAnswers: number;

  constructor(
    private readonly server: ProcessUsage,
    private readonly cores: CoreUsage,
    private readonly startedAt: number,
    private readonly plan: WindowPlan,
  ) {
    this.mostAnswers = plan.mostAnswers ?? Number.POSITIVE_INFINITY;
  }

  get over(): boolean {
    return this.atEnd !== undefined;
  }

  /** When the window closes: not known before it is open. */
  get end(): number {
    return this.endAt;
  }

  /** Must be called often: the window opens and closes at the first call after its time, and notes when that was. */
  tick(now: number): void {
    if (this.atBegin === undefined) {
      const { warmUpAnswers, warmUpSeconds, seconds } = this.plan;
      if (this.warmUpAnswers < warmUpAnswers || now < this.startedAt + warmUpSeconds * 1000) return;
      this.beginAt = now;
      this.endAt = now + seconds * 1000;
      this.atBegin = this.cpu();
    } else if (this.atEnd === undefined && (now >= this.endAt || this.answers >= this.mostAnswers)) {
      this.endAt = now;
      this.atEnd = this.cpu();
    }
  }

  /**
   * An answer counts for the throughput if it came within the window, and for the latency if its request was due
   * within the window: leaving out those that came too late would hide the worst of them.
   */
  count(dueAt: number, now: number): void {
    if (this.atBegin === undefined) this.warmUpAnswers++;
    else if (!this.over) this.answers++;
    if (dueAt >= this.beginAt && dueAt < this.endAt) {
      this.latencies.record(Math.max(1, Math.round((now - dueAt) * NANOS_PER_MS)));
    }
  }

  figures(): WindowFigures {
    const server = difference(this.atBegin?.server, this.atEnd?.server);
    const load = difference(this.atBegin?.load, this.atEnd?.load) ?? 0;
    const cores = difference(this.atBegin?.cores, this.atEnd?.cores);
    return {
      seconds: (this.endAt - this.beginAt) / 1000,
      answers: this.answers,
      p50Ms: this.latencies.percentile(50) / NANOS_PER_MS,
      p99Ms: this.latencies.percentile(99) / NANOS_PER_MS,
      maxMs: this.latencies.max / NANOS_PER_MS,
      serverCpuMicros: server,
      loadCpuMicros: load,
      otherCpuMicros: cores === null || server === null ? null : Math.max(0, cores - server - load),
    };
  }

  private cpu(): Cpu {
    const { user, system } = process.cpuUsage();
    return { server: this.server.cpuMicros(), load: user + system, cores: this.cores.busyMicros() };
  }
}

function difference(before: number | null | undefined, after: number | null | undefined): number | null {
  return typeof before === 'number' && typeof after === 'number' ? after - before : null;
}
