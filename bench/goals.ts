/** What the service must not fall short of: its CPU time of a token, beside that of a rival in the same run. */
import { cpuRatio, type Visit } from './visit.js';

interface Goal {
  readonly rival: string;
  readonly atMost: number;
}

/** By the major version of Node. */
const GOALS: Record<string, readonly Goal[]> = {
  20: [{ rival: 'reference', atMost: 0.75 }],
  24: [
    { rival: 'reference', atMost: 1.1 },
    { rival: 'fastify-plugins', atMost: 0.75 },
    { rival: 'nest-usual', atMost: 0.7 },
  ],
};

/** One line for each goal whose rival was measured. */
export function goals(node: string, visits: Visit[]): string[] {
  return (GOALS[node.split('.', 1)[0] ?? ''] ?? []).flatMap(({ rival, atMost }) => {
    const ratio = cpuRatio(visits, 'ours', rival);
    if (ratio === null) return [];
    const verdict = ratio <= atMost ? 'held' : 'MISSED';
    return [`GOAL     ours/${rival} ${ratio.toFixed(2)}x of CPU time, at most ${atMost.toFixed(2)}x: ${verdict}\n`];
  });
}
