/** Measures what verified callers cost: this service with OIDC on beside itself without, and jose alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { RunSettings } from './bench.run.js';
import { type Contestant, OUR_BUILDS } from './contestant.js';
import type { Cores } from './cores.js';
import { ALGORITHMS, type Algorithm, Issuer } from './issuer.js';
import type { JoseOrder, JoseReply } from './jose.worker.js';
import type { LoadClient } from './load.client.js';
import { CONNECTIONS } from './measured.server.js';
import type { Part } from './part.js';
import { ServerProcess } from './server.process.js';
import { Table } from './table.js';
import { median } from './visit.js';

interface Figures {
  cpuMicrosPerToken: number | null;
  p50Ms: number;
}

interface Bearers {
  firstSight: string[];
  again: string[];
}

/** Bearers of a first sight are signed beforehand, and RS256 takes its time for that: so a short stretch, and few rounds. */
const SECONDS = 1;
const WARM_UP_SECONDS = 0.5;
const MOST_ROUNDS = 2;
const WARM_UP_ANSWERS = 6_000;
/** A part of what the service does at full load without OIDC, so that it can keep that rate with every kind of bearer. */
const PACE = 0.15;
const REUSED = 1_000;
const OFF = 'OIDC off';
const firstTime = (alg: Algorithm): string => `${alg}, each bearer for the first time`;
const inTurn = (alg: Algorithm): string => `${alg}, ${REUSED.toLocaleString('en-US')} bearers in turn`;
const KINDS = [OFF, ...ALGORITHMS.flatMap((alg) => [firstTime(alg), inTurn(alg)])];
/** In cores, as in the report of the comparison. */
const QUIET_ENOUGH = 0.1;

export class OidcPart implements Part {
  private readonly builds: Contestant[];
  private readonly found = new Map<string, Figures[]>();
  private readonly bearers = new Map<Algorithm, Bearers>();
  private mostOthers = 0;
  private alone: JoseReply = {};
  private pace = 0;

  constructor(
    private readonly settings: RunSettings,
    private readonly cores: Cores,
    private readonly load: LoadClient,
  ) {
    this.builds = settings.contestants.filter(({ name }) => OUR_BUILDS.includes(name));
  }

  async run(say: (text: string) => void): Promise<void> {
    const rounds = Math.min(MOST_ROUNDS, this.settings.rounds);
    say(`oidc     ${rounds} rounds of ${SECONDS} s at a constant rate for every kind of caller\n`);
    const issuer = await Issuer.start();
    try {
      // Of the kind that is signed quickly; no later phase brings them again.
      const warmUp = await issuer.bearers('ES256', WARM_UP_ANSWERS);
      for (let round = 1; round <= rounds; round++) {
        for (const build of this.builds) {
          await this.withoutOidc(build);
          if (this.bearers.size === 0) await this.sign(issuer);
          await this.withOidc(build, issuer, warmUp);
        }
      }
      this.alone = await this.joseAlone(issuer);
    } finally {
      issuer.close();
    }
  }

  report(): string {
    const lines = [
      ...this.builds.map(({ name }) => `${this.tableFor(name)}\n`),
      'For the caller: what a token costs more than with OIDC off.\n',
      'Jose alone: jwtVerify in a loop of its own, which flatters it, with the CPU time of the thread pool.\n',
    ];
    if (this.mostOthers > QUIET_ENOUGH) {
      lines.push(`WARNING  other programs took up to ${this.mostOthers.toFixed(1)} of the two cores in use\n`);
    }
    return lines.join('');
  }

  figures(): Record<string, unknown> {
    return { oidc: { pace: this.pace, found: Object.fromEntries(this.found), joseAlone: this.alone } };
  }

  private tableFor(build: string): Table {
    const table = new Table();
    const rate = this.pace.toLocaleString('en-US');
    table.add(`${build}, ${rate} requests a second`, 'CPU time a token, µs', 'for the caller, µs', 'p50 latency, ms');
    const show = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? 'n/a';
    const cpuOff = this.medianOf(build, OFF, 'cpuMicrosPerToken');
    for (const kind of KINDS) {
      const cpu = this.medianOf(build, kind, 'cpuMicrosPerToken');
      const more = cpu === null || cpuOff === null ? null : cpu - cpuOff;
      const p50 = this.medianOf(build, kind, 'p50Ms');
      table.add(kind, show(cpu, 0), kind === OFF ? '' : show(more, 0), show(p50, 2));
    }
    for (const alg of ALGORITHMS) table.add(`${alg}, jose alone`, '', show(this.alone[alg], 0));
    return table;
  }

  private async withoutOidc(build: Contestant): Promise<void> {
    const server = await this.start({ ...build, name: `${build.name}-oidc-off` });
    try {
      const rate = await this.warm(server);
      this.pace ||= Math.max(1, Math.round(rate * PACE));
      await this.measure(build, OFF, server);
    } finally {
      await server.stop();
    }
  }

  /** A server of this round has seen no bearer, whatever that of an earlier one saw. */
  private async withOidc(build: Contestant, issuer: Issuer, warmUp: string[]): Promise<void> {
    const [bearer = ''] = await issuer.bearers('ES256', 1);
    const server = await this.start({
      ...build,
      name: `${build.name}-oidc-on`,
      env: { ...build.env, ...issuer.settings },
      bearer,
    });
    try {
      await this.warm(server, warmUp);
      for (const [alg, { firstSight, again }] of this.bearers) {
        await this.measure(build, firstTime(alg), server, firstSight);
        await this.measure(build, inTurn(alg), server, again);
      }
    } finally {
      await server.stop();
    }
  }

  private async sign(issuer: Issuer): Promise<void> {
    // A few more than needed: the last requests may be sent a little after their time.
    const count = Math.ceil(this.pace * (WARM_UP_SECONDS + SECONDS) * 1.05) + CONNECTIONS;
    for (const alg of ALGORITHMS) {
      const firstSight = await issuer.bearers(alg, count);
      this.bearers.set(alg, { firstSight, again: await issuer.bearers(alg, REUSED) });
    }
  }

  /** Answers a second at full load, when the engine has compiled what has run often. */
  private async warm(server: ServerProcess, bearers?: string[]): Promise<number> {
    const plan = { warmUpAnswers: WARM_UP_ANSWERS, warmUpSeconds: 0, seconds: 0.5 };
    const { answers, seconds } = await this.load.run({ ...this.target(server, bearers), ...plan, rate: null });
    return answers / seconds;
  }

  private async measure(build: Contestant, kind: string, server: ServerProcess, bearers?: string[]): Promise<void> {
    const plan = { warmUpAnswers: 0, warmUpSeconds: WARM_UP_SECONDS, seconds: SECONDS };
    const phase = await this.load.run({ ...this.target(server, bearers), ...plan, rate: this.pace });
    const cpu = phase.serverCpuMicros;
    this.mostOthers = Math.max(this.mostOthers, (phase.otherCpuMicros ?? 0) / (phase.seconds * 1e6));
    const figures = { cpuMicrosPerToken: cpu === null ? null : cpu / phase.answers, p50Ms: phase.p50Ms };
    const name = `${build.name}: ${kind}`;
    this.found.set(name, [...(this.found.get(name) ?? []), figures]);
  }

  private target(server: ServerProcess, bearers: string[] | undefined) {
    const { port, pid: serverPid } = server;
    const target = { port, serverPid, cores: this.cores.list, connections: CONNECTIONS };
    return bearers === undefined ? target : { ...target, bearers };
  }

  private async joseAlone(issuer: Issuer): Promise<JoseReply> {
    const worker = fileURLToPath(new URL('jose.worker.js', import.meta.url));
    const [command = '', ...args] = this.cores.serverCommand([process.execPath, worker]);
    const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { keySet, expectations } = issuer;
    const bearers = Object.fromEntries([...this.bearers].map(([alg, { again }]) => [alg, again]));
    child.send({ keySet, expectations, bearers, seconds: SECONDS } satisfies JoseOrder);
    const [reply] = (await Promise.race([once(child, 'message'), failedEnd(child)])) as [JoseReply];
    return reply;
  }

  private start(contestant: Contestant): Promise<ServerProcess> {
    return ServerProcess.start(contestant, this.cores, join(this.settings.folder, `${contestant.name}.log`));
  }

  private medianOf(build: string, kind: string, key: keyof Figures): number | null {
    const values = (this.found.get(`${build}: ${kind}`) ?? [])
      .map((figures) => figures[key])
      .filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  }
}

async function failedEnd(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error('the process that runs jose alone ended early');
}
