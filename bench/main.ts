/** Measures this service beside its rivals in one run on one machine; every figure is the median of the rounds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { BenchRun, COLD_STARTS, CONNECTIONS } from './bench.run.js';
import { chooseContestants } from './contestant.js';
import { Cores } from './cores.js';
import { LoadClient } from './load.client.js';
import { Options, USAGE } from './options.js';
import { Report } from './report.js';
import type { Visit } from './visit.js';

const OUR_BUILDS = ['ours', 'compare'];

function print(text: string): void {
  process.stdout.write(text);
}

/** The count is taken before the cores are claimed: afterwards this process sees only its own. */
function machine(coreCount: number, cores: Cores): Record<string, string> {
  return {
    date: new Date().toISOString(),
    node: process.version,
    CPU: cpus()[0]?.model.trim() ?? 'unknown',
    cores: String(coreCount),
    pinning: cores.describe(),
  };
}

async function bench(options: Options): Promise<void> {
  const contestants = chooseContestants(options.only, options.ours, options.compare);
  const [pacer] = contestants;
  if (pacer === undefined) throw new Error('nothing to measure');
  const coreCount = availableParallelism();
  const cores = Cores.claim();
  const header = machine(coreCount, cores);
  for (const [name, value] of Object.entries(header)) print(`${name.padEnd(8)} ${value}\n`);
  const { seconds, rounds } = options;
  print(`load     ${rounds} rounds of ${seconds} s at full load and ${seconds} s at a constant rate, `);
  print(`${CONNECTIONS} connections\n\n`);

  const folder = mkdtempSync(join(tmpdir(), 'token-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const load = new LoadClient();
  try {
    const run = new BenchRun({ contestants, seconds, rounds, folder }, cores, load);
    const visits: Visit[] = [];
    for await (const visit of run.visits()) {
      visits.push(visit);
      print(Report.roundLine(visit));
    }
    const rate = run.rate ?? 0;
    const report = new Report(visits, OUR_BUILDS, rate);
    print(`\n${report.tables()}\n`);
    print(`The constant rate is the same for all: half of what ${pacer.name} reached at full load in round 1.\n`);
    print('Latency there counts from the time a request was due, so waiting behind a slow answer is part of it.\n');
    print(`Cold starts: ${COLD_STARTS} a round, each from the spawn of the process to its first token.\n`);
    for (const warning of report.warnings()) print(`WARNING  ${warning}\n`);
    if (options.json !== undefined) {
      const raw = { machine: header, seconds, rounds, rate, contestants, medians: report.medians(), visits };
      writeFileSync(options.json, `${JSON.stringify(raw, null, 2)}\n`);
    }
  } finally {
    load.close();
  }
}

// Without these a stopped benchmark would leave its servers running: only an orderly exit takes them along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const options = new Options(process.argv.slice(2));
  if (options.help) print(USAGE);
  else await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
