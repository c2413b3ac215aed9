/** What is measured at one server in one round, and how the figures of all rounds become one. */

export interface Figures {
  requestsPerSecond: number;
  fullP50Ms: number;
  fullP99Ms: number;
  steadyP50Ms: number;
  steadyP99Ms: number;
  cpuMicrosPerToken: number | null;
  peakMemoryBytes: number | null;
  coldStartMs: number;
}

export interface Visit {
  contestant: string;
  round: number;
  coldStartsMs: number[];
  /** CPU time of a token, window by window; empty where the kernel does not tell. The same window of all servers of a round was at about the same time. */
  cpuMicros: number[];
  /** The part of the time at full load in which the server was on a core: 1 if it was never kept waiting. */
  serverBusy: number | null;
  /** What other programs took of the cores of server and load, in whole cores, at the worse of the two loads. */
  otherCores: number | null;
  /** The part of the requests due at the constant rate that were answered in time to keep that rate. */
  rateKept: number;
  figures: Figures;
}

export function medianFigures(visits: Visit[]): Figures {
  const over = (key: keyof Figures): number | null => {
    const values = visits.map((visit) => visit.figures[key]).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  const always = (key: keyof Figures): number => over(key) ?? Number.NaN;
  return {
    requestsPerSecond: always('requestsPerSecond'),
    fullP50Ms: always('fullP50Ms'),
    fullP99Ms: always('fullP99Ms'),
    steadyP50Ms: always('steadyP50Ms'),
    steadyP99Ms: always('steadyP99Ms'),
    cpuMicrosPerToken: over('cpuMicrosPerToken'),
    peakMemoryBytes: over('peakMemoryBytes'),
    coldStartMs: median(visits.flatMap((visit) => visit.coldStartsMs)),
  };
}

/** CPU time of a token at one server beside another one: the median over the windows of all rounds. */
export function cpuRatio(visits: Visit[], name: string, rival: string): number | null {
  const ratios = visits
    .filter(({ contestant }) => contestant === name)
    .flatMap(({ round, cpuMicros }) => {
      const beside = visits.find((visit) => visit.contestant === rival && visit.round === round)?.cpuMicros ?? [];
      return beside.length === cpuMicros.length ? cpuMicros.map((micros, turn) => micros / (beside[turn] ?? 0)) : [];
    });
  return ratios.length === 0 ? null : median(ratios);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}
