/** Other join rules while many people are present: what it costs to decide about them again, and who has to wait for that. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { decodeJwt } from 'jose';

import { LIVEKIT } from './access.recording.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import { Issuer } from './issuer.js';
import type { LoadClient } from './load.client.js';
import type { PhaseResult, Traffic } from './load.phase.js';
import { LogFile } from './log.file.js';
import { CONNECTIONS } from './measured.server.js';
import { ProcessUsage } from './process.usage.js';
import { type Names, namesOf } from './request.set.js';
import { ServerProcess } from './server.process.js';
import { median } from './visit.js';

export interface RedecisionFigures {
  readonly people: number;
  /** Null if the kernel does not tell. */
  readonly cpuMs: number | null;
  /** The longest turn of the event loop meanwhile, in CPU time: what a request waits if nothing else runs on the machine. */
  readonly turnMs: number;
  /** The longest time from when a request was due to its response, in windows in which all were decided again. */
  readonly waitsMs: readonly number[];
  /** The same in windows in between, in which nothing was. */
  readonly idleWaitsMs: readonly number[];
}

const PEOPLE = 10_000;
const BEARERS = 1_000;
/** Requests a second, so few that one does not wait for another. */
const PACE = 500;
/** The service reads changed rules within a second, and is done in another one. */
const LOAD_SECONDS = 2;
const WINDOWS = 5;
/** Without load. The shortest of the longest turns counts: what is ours is the same in each. */
const PROBED = 5;
const PROBE = fileURLToPath(new URL('turn.probe.js', import.meta.url));
const LONGEST_TURN = /"longestTurnMs":([\d.]+)/;
const LIMIT_MS = 60_000;
const DONE = new RegExp(`"participants":${PEOPLE}\\b.*Admissions were decided again`);

export class Redecision {
  private readonly log: LogFile;
  private readonly rules: string;
  private changes = 0;

  constructor(
    folder: string,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {
    this.log = new LogFile(join(folder, 'access-redecision.log'));
    this.rules = join(folder, 'access-rules.yaml');
  }

  async measure(build: Contestant): Promise<RedecisionFigures> {
    const issuer = await Issuer.start();
    this.changeRules();
    const bearers = await issuer.bearers('ES256', BEARERS);
    const env = {
      ...build.env,
      ...LIVEKIT,
      ...issuer.settings,
      ACCESS_ENFORCEMENT: 'on',
      JOIN_RULES_FILE: this.rules,
    };
    const nodeOptions = [...build.nodeOptions, '--import', PROBE];
    const contestant = { ...build, nodeOptions, env, bearer: bearers[0] ?? '' };
    const server = await ServerProcess.start(contestant, this.cores, this.log.path);
    try {
      const names = namesOf(PEOPLE);
      const people = names.map(({ roomName }, index): Names => {
        return { roomName, participantName: decodeJwt(bearers[index % BEARERS] ?? '').sub ?? '' };
      });
      await this.drive(server, { names, bearers }, 0, null, PEOPLE);
      await this.drive(server, { events: PEOPLE, joins: people }, 0, null, PEOPLE);
      const turns: number[] = [];
      for (let round = 0; round < PROBED; round += 1) turns.push(await this.longestTurn(server));
      const costs: (number | null)[] = [];
      const [waitsMs, idleWaitsMs]: [number[], number[]] = [[], []];
      for (let window = 0; window < WINDOWS; window += 1) {
        costs.push(await this.change(server));
        const traffic = { names, bearers };
        idleWaitsMs.push((await this.drive(server, traffic, LOAD_SECONDS, PACE, PACE)).maxMs);
        const meanwhile = this.drive(server, traffic, LOAD_SECONDS, PACE, PACE);
        // After the warm-up of the load.
        const [, { maxMs }] = await Promise.all([sleep(1_200).then(() => this.change(server)), meanwhile]);
        waitsMs.push(maxMs);
      }
      const known = costs.filter((cost) => cost !== null);
      const cpuMs = known.length === 0 ? null : median(known);
      return { people: PEOPLE, cpuMs, turnMs: Math.min(...turns), waitsMs, idleWaitsMs };
    } finally {
      await server.stop();
      issuer.close();
    }
  }

  /** Resolves with the CPU time in milliseconds until all were decided again. */
  private async change({ pid }: ServerProcess): Promise<number | null> {
    const usage = new ProcessUsage(pid);
    this.log.skip();
    const before = usage.cpuMicros();
    this.changeRules();
    await this.log.until(DONE, LIMIT_MS);
    const after = usage.cpuMicros();
    return before === null || after === null ? null : (after - before) / 1000;
  }

  private async longestTurn(server: ServerProcess): Promise<number> {
    process.kill(server.pid, 'SIGUSR2');
    await this.change(server);
    process.kill(server.pid, 'SIGUSR2');
    const [, ms] = await this.log.until(LONGEST_TURN, LIMIT_MS);
    return Number(ms);
  }

  /** Other rules, by which the same is granted. */
  private changeRules(): void {
    this.changes += 1;
    const others = Array.from({ length: 20 }, (_, rule) => {
      return `- rooms: ['team-${this.changes}-${rule}-*']\n  callers: { groups: staff }\n`;
    });
    writeFileSync(this.rules, `${others.join('')}- rooms: ['*']\n  callers: { groups: [support, staff] }\n`);
  }

  private drive(
    { port, pid: serverPid }: ServerProcess,
    traffic: Partial<Traffic>,
    seconds: number,
    rate: number | null,
    warmUpAnswers: number,
  ): Promise<PhaseResult> {
    const place = { port, serverPid, cores: this.cores.list, connections: CONNECTIONS };
    return this.load.run({ ...place, ...traffic, warmUpAnswers, warmUpSeconds: 0, seconds, rate });
  }
}
