/** Other join rules while many people are present: what it costs to decide about them again, and who has to wait for that. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { decodeJwt } from 'jose';

import { LIVEKIT } from './access.recording.js';
import { CONNECTIONS } from './bench.run.js';
import type { Contestant } from './contestant.js';
import type { Cores } from './cores.js';
import { Issuer } from './issuer.js';
import type { LoadClient } from './load.client.js';
import type { PhaseResult, Traffic } from './load.phase.js';
import { ProcessUsage } from './process.usage.js';
import { type Names, namesOf } from './request.set.js';
import { ServerProcess } from './server.process.js';

export interface RedecisionFigures {
  readonly people: number;
  /** Null if the kernel does not tell. */
  readonly cpuMs: number | null;
  /** The longest time from when a request was due to its response. */
  readonly waitMs: number;
  /** The same while nothing was decided again. */
  readonly waitBeforeMs: number;
}

const PEOPLE = 10_000;
const BEARERS = 1_000;
/** Requests a second, so few that one does not wait for another. */
const PACE = 500;
/** The service reads changed rules within a second. */
const LOAD_SECONDS = 3;
const LIMIT_MS = 10_000;
const DONE = 'Admissions were decided again';

export class Redecision {
  private readonly log: string;
  private readonly rules: string;
  private changes = 0;

  constructor(
    folder: string,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {
    this.log = join(folder, 'access-redecision.log');
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
    const server = await ServerProcess.start({ ...build, env, bearer: bearers[0] ?? '' }, this.cores, this.log);
    try {
      const names = namesOf(PEOPLE);
      const people = names.map(({ roomName }, index): Names => {
        return { roomName, participantName: decodeJwt(bearers[index % BEARERS] ?? '').sub ?? '' };
      });
      await this.drive(server, { names, bearers }, 0, null, PEOPLE);
      await this.drive(server, { events: PEOPLE, joins: people }, 0, null, PEOPLE);
      const cpuMs = await this.change(server);
      const traffic = { names, bearers };
      const before = await this.drive(server, traffic, LOAD_SECONDS, PACE, PACE);
      const meanwhile = this.drive(server, traffic, LOAD_SECONDS, PACE, PACE);
      const [, { maxMs: waitMs }] = await Promise.all([sleep(1_200).then(() => this.change(server)), meanwhile]);
      return { people: PEOPLE, cpuMs, waitMs, waitBeforeMs: before.maxMs };
    } finally {
      await server.stop();
      issuer.close();
    }
  }

  /** Resolves with the CPU time in milliseconds until all were decided again. */
  private async change({ pid }: ServerProcess): Promise<number | null> {
    const usage = new ProcessUsage(pid);
    const done = this.rounds();
    const before = usage.cpuMicros();
    this.changeRules();
    const end = performance.now() + LIMIT_MS;
    while (this.rounds() === done) {
      if (performance.now() > end) throw new Error('those who are present were not decided about again');
      await sleep(20);
    }
    const after = usage.cpuMicros();
    return before === null || after === null ? null : (after - before) / 1000;
  }

  /** How often all of them were decided about. */
  private rounds(): number {
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(DONE) && line.includes(String(PEOPLE))).length;
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
