/** Runs the parts of the benchmark one after the other, on one machine and with one load, and prints what they found. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { AccessPart } from './access.part.js';
import type { RunSettings } from './bench.run.js';
import { Comparison } from './comparison.part.js';
import { chooseContestants } from './contestant.js';
import { Cores } from './cores.js';
import { GrowthPart } from './growth.part.js';
import { LoadClient } from './load.client.js';
import { OidcPart } from './oidc.part.js';
import { Options, PART_NAMES, type PartName, USAGE } from './options.js';
import type { Part } from './part.js';

/** In this order, whatever the order on the command line. */
const PARTS: Record<PartName, (settings: RunSettings, cores: Cores, load: LoadClient) => Part> = {
  comparison: (...given) => new Comparison(...given),
  oidc: (...given) => new OidcPart(...given),
  growth: (...given) => new GrowthPart(...given),
  access: (...given) => new AccessPart(...given),
};

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
  const contestants = chooseContestants(options);
  if (contestants.length === 0) throw new Error('nothing to measure');
  const coreCount = availableParallelism();
  const cores = Cores.claim();
  const header = machine(coreCount, cores);
  for (const [name, value] of Object.entries(header)) print(`${name.padEnd(8)} ${value}\n`);
  const { seconds, rounds } = options;
  const folder = mkdtempSync(join(tmpdir(), 'token-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const load = new LoadClient();
  try {
    const raw: Record<string, unknown> = { machine: header, seconds, rounds };
    for (const name of PART_NAMES.filter((known) => options.parts.includes(known))) {
      const part = PARTS[name]({ contestants, seconds, rounds, folder }, cores, load);
      await part.run(print);
      print(`\n${part.report()}\n`);
      Object.assign(raw, part.figures());
    }
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(raw, null, 2)}\n`);
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
