import { describe, expect, it } from '@jest/globals';

import { agreesWithCedar, agreesWithNaive, type Counts } from './agreement.js';

/** As for mutants: 100,000 requests take minutes on a busy machine. */
const LIMIT_MS = 3_600_000;

/** The share of requests that some rule admits; of those, the share of the rules behind the third. */
function sharesOf(counts: Counts): { readonly admitted: number; readonly deep: number } {
  const byRule = [...counts].filter(([key]) => typeof key === 'number');
  const total = sumOf([...counts]);
  return { admitted: sumOf(byRule) / total, deep: sumOf(byRule.filter(([rule]) => Number(rule) > 3)) / sumOf(byRule) };
}

const sumOf = (entries: readonly (readonly [unknown, number])[]): number =>
  entries.reduce((sum, [, count]) => sum + count, 0);

/** Compares src/rules with two independent models. */
export function describeAgreement(requests: { readonly cedar: number; readonly naive: number }): void {
  describe('join rules', () => {
    it(
      'match where the same policies in Cedar permit, and the first of them decides',
      () => {
        const counts = agreesWithCedar(requests.cedar);
        const { admitted, deep } = sharesOf(counts);
        expect(sumOf([...counts])).toBeGreaterThanOrEqual(requests.cedar);
        expect(admitted).toBeGreaterThan(0.15);
        expect(admitted).toBeLessThan(0.85);
        expect(deep).toBeGreaterThan(0.05);
      },
      LIMIT_MS,
    );

    // What Cedar cannot express: claims in rooms, zones that change the clock, and terms.
    it(
      'give the terms that a naive evaluator gives',
      () => {
        const counts = agreesWithNaive(requests.naive);
        const { admitted, deep } = sharesOf(counts);
        expect(sumOf([...counts])).toBeGreaterThanOrEqual(requests.naive);
        expect(admitted).toBeGreaterThan(0.1);
        expect(admitted).toBeLessThan(0.85);
        expect(deep).toBeGreaterThan(0.05);
        expect(counts.get('IDENTITY_AMBIGUOUS')).toBeGreaterThan(0);
      },
      LIMIT_MS,
    );
  });
}
