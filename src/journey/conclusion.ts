import { type CauseFacts, type CauseInWords, inWords, type JourneyCause } from './journey-causes.js';

/** Exactly one cause, or `undetermined` with those that are possible, the likeliest first. */
export interface Conclusion extends CauseInWords {
  /** Of a refusal: its stable code. */
  readonly code?: string | undefined;
  readonly possible: readonly CauseInWords[];
}

export const certainly = (cause: JourneyCause, facts?: CauseFacts, code?: string): Conclusion => ({
  ...inWords(cause, facts),
  ...(code !== undefined && { code }),
  possible: [],
});

/** Of several conclusions, each of which may be the right one. */
export function possibly(conclusions: readonly Conclusion[]): Conclusion {
  const all = conclusions.flatMap((one) => (one.cause === 'undetermined' ? one.possible : [one]));
  const possible = all
    .filter(({ cause }, index) => all.findIndex((other) => other.cause === cause) === index)
    .map(({ cause, text, advice }) => ({ cause, text, advice }));
  const [only] = conclusions;
  if (possible.length === 1 && only !== undefined) return only;
  return { ...inWords('undetermined'), possible };
}
