/** Measures what it costs to record who was admitted, to decide about those who are present again, and to ask the gate. */
import { join } from 'node:path';

import { GateCost, type GateFigures } from './access.gate.js';
import { type Recording, RecordingCost } from './access.recording.js';
import { Redecision, type RedecisionFigures } from './access.redecision.js';
import type { RunSettings } from './bench.run.js';
import { OUR_BUILDS } from './contestant.js';
import type { Cores } from './cores.js';
import type { LoadClient } from './load.client.js';
import type { Part } from './part.js';
import { RedisProcess } from './redis.process.js';
import { Table } from './table.js';
import { median } from './visit.js';

interface Found {
  readonly build: string;
  readonly recording: Recording;
  readonly redecision: RedecisionFigures;
  readonly gate: GateFigures;
}

/** CPU time of a token with recording beside one without. */
const MOST_CPU = 1.1;
const MOST_REDECISION_SECONDS = 1;
const MOST_WAIT_MS = 20;
/** CPU time of a decision of the gate beside a token. */
const MOST_GATE = 0.5;
/** In cores: one window is short, and the kernel's clock of it coarse. */
const QUIET_ENOUGH = 0.2;

export class AccessPart implements Part {
  private readonly found: Found[] = [];
  private redis = false;

  constructor(
    private readonly settings: RunSettings,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {}

  async run(say: (text: string) => void): Promise<void> {
    const redis = await RedisProcess.start(join(this.settings.folder, 'redis.log'));
    this.redis = redis !== undefined;
    try {
      for (const build of this.settings.contestants.filter(({ name }) => OUR_BUILDS.includes(name))) {
        say(`access   ${build.name}: tokens with and without a record\n`);
        const recording = await new RecordingCost(this.settings, this.cores, this.load).measure(build, redis?.url);
        say(`access   ${build.name}: other rules for those who are present\n`);
        const redecision = await new Redecision(this.settings.folder, this.cores, this.load).measure(build);
        say(`access   ${build.name}: decisions of the gate and tokens\n`);
        const gate = await new GateCost(this.settings.folder, this.cores, this.load).measure(build);
        this.found.push({ build: build.name, recording, redecision, gate });
      }
    } finally {
      await redis?.stop();
    }
  }

  report(): string {
    const lines = this.found.flatMap((found) => [`${tableOf(found)}\n`, ...goalsOf(found)]);
    if (!this.redis) lines.push('WARNING  no redis-server on the PATH: the cost with Redis was not measured\n');
    const others = Math.max(0, ...this.found.map(({ recording }) => recording.otherCores));
    if (others > QUIET_ENOUGH) {
      lines.push(`WARNING  other programs took up to ${others.toFixed(1)} of the two cores in use\n`);
    }
    const idle = Math.max(0, ...this.found.map(({ redecision }) => Math.min(...redecision.idleWaitsMs)));
    if (idle > MOST_WAIT_MS)
      lines.push(`WARNING  a token waits ${idle.toFixed(0)} ms here although nothing is decided\n`);
    return lines.join('');
  }

  figures(): Record<string, unknown> {
    return { access: this.found };
  }
}

function tableOf({ build, recording, redecision, gate }: Found): Table {
  const show = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? 'n/a';
  const table = new Table();
  table.add(`${build}, ACCESS_ENFORCEMENT`, '');
  table.add('off, CPU time a token, µs', show(recording.off, 1));
  table.add('on', show(recording.on, 1));
  table.add('on, with Redis', show(recording.redis, 1));
  table.add('memory of an admission, bytes', show(recording.bytes, 0));
  const people = redecision.people.toLocaleString('en-US');
  table.add(`CPU time to decide about ${people} present people again, ms`, show(redecision.cpuMs, 0));
  table.add('longest turn of the event loop meanwhile, ms of CPU time', show(redecision.turnMs, 1));
  table.add('longest wait for a token meanwhile, ms: median, least', spread(redecision.waitsMs));
  table.add('the same while nothing is decided', spread(redecision.idleWaitsMs));
  table.add('CPU time of a decision of the gate, µs: median, least', spread(gate.decisions));
  table.add('CPU time of a token beside it', spread(gate.tokens));
  return table;
}

function spread(values: readonly number[]): string {
  return values.length === 0 ? 'n/a' : `${median([...values]).toFixed(1)}, ${Math.min(...values).toFixed(1)}`;
}

function goalsOf({ recording: { ratios: recorded }, redecision: { cpuMs, turnMs, waitsMs }, gate }: Found): string[] {
  const goal = (text: string, held: boolean): string => `GOAL     ${text}: ${held ? 'held' : 'MISSED'}\n`;
  const lines: string[] = [];
  if (recorded.length > 0) {
    const ratio = median([...recorded]);
    const range = `${Math.min(...recorded).toFixed(2)} to ${Math.max(...recorded).toFixed(2)}`;
    const text = `on/off ${ratio.toFixed(2)}x of CPU time (pairs of servers ${range}), at most ${MOST_CPU.toFixed(2)}x`;
    lines.push(goal(text, ratio <= MOST_CPU));
  }
  if (cpuMs !== null) {
    const most = MOST_REDECISION_SECONDS * 1000;
    lines.push(goal(`other rules ${cpuMs.toFixed(0)} ms of CPU time, at most ${most} ms`, cpuMs <= most));
  }
  // The same is decided in every window: what one of them did not need is the machine's.
  const wait = Math.min(...waitsMs);
  for (const [what, ms] of [
    ['a token waits', wait],
    ['the event loop is held for', turnMs],
  ] as const) {
    lines.push(goal(`${what} ${ms.toFixed(1)} ms meanwhile, at most ${MOST_WAIT_MS} ms`, ms <= MOST_WAIT_MS));
  }
  const ratios = gate.decisions.map((decision, window) => decision / (gate.tokens[window] ?? Number.NaN));
  if (ratios.length > 0) {
    const ratio = median(ratios);
    lines.push(
      goal(`gate/token ${ratio.toFixed(2)}x of CPU time, at most ${MOST_GATE.toFixed(2)}x`, ratio <= MOST_GATE),
    );
  }
  return lines;
}
