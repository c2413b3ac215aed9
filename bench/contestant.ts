/** Names the servers that are measured and where each one's entry file is. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Contestant {
  name: string;
  entry: string;
  /** Of Node itself: our builds run with those of the script that starts the service, the others without any. */
  nodeOptions: readonly string[];
  /** Settings beside the port. */
  env?: Record<string, string>;
  /** The access token that its first request brings. */
  bearer?: string;
}

/** The order matters: the first one present is the one whose pace sets the constant rate. */
export const CONTESTANT_NAMES = [
  'reference',
  'fastify',
  'fastify-plugins',
  'nest-bare',
  'nest-usual',
  'node-http',
  'ours',
  'compare',
] as const;

/** Those that are builds of this service. */
export const OUR_BUILDS: readonly string[] = ['ours', 'compare'];

/** Too little of a server to be set beside the others: it shows what Node itself takes as work grows. */
export const FLOOR = 'node-http' satisfies ContestantName;

/** The rivals log JSON as well. */
const PRODUCTION_LOG = { LOG_FORMAT: 'json' };

export type ContestantName = (typeof CONTESTANT_NAMES)[number];

interface Choice {
  readonly only: ContestantName[] | undefined;
  readonly ours: string | undefined;
  readonly compare: string | undefined;
  readonly compareNode: string | undefined;
}

const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));
const OUR_BUILD = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export function chooseContestants({ only, ours, compare, compareNode }: Choice): Contestant[] {
  const entries: Record<ContestantName, string | undefined> = {
    reference: fileURLToPath(new URL('rivals/reference.js', import.meta.url)),
    fastify: fileURLToPath(new URL('rivals/fastify.js', import.meta.url)),
    'fastify-plugins': fileURLToPath(new URL('rivals/fastify-plugins.js', import.meta.url)),
    'nest-bare': fileURLToPath(new URL('rivals/nest-bare.js', import.meta.url)),
    'nest-usual': fileURLToPath(new URL('rivals/nest-usual.js', import.meta.url)),
    [FLOOR]: fileURLToPath(new URL('rivals/node-http.js', import.meta.url)),
    ours: ours ?? OUR_BUILD,
    compare,
  };
  const startOptions = ourStartOptions();
  const compareOptions = compareNode?.split(' ').filter(Boolean) ?? startOptions;
  const nodeOptions: Partial<Record<ContestantName, string[]>> = { ours: startOptions, compare: compareOptions };
  const chosen: Contestant[] = [];
  for (const name of CONTESTANT_NAMES) {
    const entry = entries[name];
    const wanted = only === undefined || only.includes(name) || name === 'compare';
    if (!wanted || entry === undefined) continue;
    if (!existsSync(entry)) throw new Error(`${name} has no entry file at ${entry}`);
    const env = OUR_BUILDS.includes(name) ? PRODUCTION_LOG : {};
    chosen.push({ name, entry, nodeOptions: nodeOptions[name] ?? [], env });
  }
  return chosen;
}

function ourStartOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: Record<string, string> };
  const options = /^node (.*)dist\/main\.js$/.exec(scripts['start:prod'] ?? '')?.[1];
  if (options === undefined) throw new Error('the script start:prod does not run dist/main.js by node');
  return options.split(' ').filter(Boolean);
}
