/** Reads the command line of the benchmark and refuses what it does not understand. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CONTESTANT_NAMES, type ContestantName } from './contestant.js';

/** In the order in which they run. */
export const PART_NAMES = ['comparison', 'oidc', 'growth', 'access'] as const;

export type PartName = (typeof PART_NAMES)[number];

export const USAGE = `npm run bench -- [options]
  --seconds N      seconds measured at each load (default 2)
  --rounds N       rounds, each with a fresh process of every server (default 3)
  --parts a,b      only these parts of ${PART_NAMES.join(', ')}
  --only a,b       only these servers of ${CONTESTANT_NAMES.join(', ')}
  --ours PATH      the main.js to measure as ours (default dist/main.js)
  --compare PATH   the main.js of another build, measured in the same run
  --compare-node OPTIONS   Node's options for that build (default those of npm run start:prod; "" for none)
  --json FILE      write every figure of every round to FILE
`;

export class Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly parts: readonly PartName[];
  readonly only: ContestantName[] | undefined;
  readonly ours: string | undefined;
  readonly compare: string | undefined;
  readonly compareNode: string | undefined;
  readonly json: string | undefined;
  readonly help: boolean;

  constructor(args: string[]) {
    const { values } = parseArgs({
      args,
      options: {
        seconds: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '3' },
        parts: { type: 'string' },
        only: { type: 'string' },
        ours: { type: 'string' },
        compare: { type: 'string' },
        'compare-node': { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    this.seconds = positive('seconds', values.seconds);
    this.rounds = positive('rounds', values.rounds);
    if (!Number.isInteger(this.rounds)) throw new Error('--rounds must be a whole number');
    this.parts = values.parts === undefined ? PART_NAMES : listed('parts', values.parts, PART_NAMES);
    this.only = values.only === undefined ? undefined : listed('only', values.only, CONTESTANT_NAMES);
    this.ours = values.ours === undefined ? undefined : resolve(values.ours);
    this.compare = values.compare === undefined ? undefined : resolve(values.compare);
    this.compareNode = values['compare-node'];
    this.json = values.json === undefined ? undefined : resolve(values.json);
    this.help = values.help;
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

function listed<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text.split(',').map((item) => {
    const name = known.find((one) => one === item.trim());
    if (name === undefined) throw new Error(`--${option} knows ${known.join(', ')}, not "${item}"`);
    return name;
  });
}
