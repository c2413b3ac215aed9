import type { JoinRule } from '../rules/join-rule.js';

import { templatesOf } from './rule-effect.js';

export interface ClaimUse {
  readonly rule: number;
  /** Of the key of the rule that names the claim. */
  readonly path: readonly string[];
  readonly claim: string;
}

export interface SimilarClaim extends ClaimUse {
  readonly similar: string;
}

/** Names that are shorter differ by one letter without being alike. */
const MIN_LENGTH = 4;

/** Uses of claims whose names are a typing error away from a name that is used more often, or earlier. */
export function similarClaims(rules: readonly JoinRule[]): SimilarClaim[] {
  const uses = rules.flatMap(usesIn);
  const counts = new Map<string, number>();
  for (const { claim } of uses) counts.set(claim, (counts.get(claim) ?? 0) + 1);
  const names = [...counts.keys()];
  const similar = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const isRarer = (other: string, place: number): boolean => {
      const [own, others] = [counts.get(name) ?? 0, counts.get(other) ?? 0];
      return own < others || (own === others && index > place);
    };
    const found = names.find((other, place) => other !== name && isRarer(other, place) && isTypo(name, other));
    if (found !== undefined) similar.set(name, found);
  }
  return uses.flatMap((use) => {
    const other = similar.get(use.claim);
    return other === undefined ? [] : [{ ...use, similar: other }];
  });
}

function usesIn(rule: JoinRule): ClaimUse[] {
  const { number, rooms, callers, except } = rule;
  const named = (key: string, conditions: JoinRule['callers']): ClaimUse[] =>
    conditions.map(({ path: { source } }) => ({ rule: number, path: [key, source], claim: source }));
  const inRooms = rooms.flatMap(({ pieces }) => pieces.flat().flatMap((part) => ('claim' in part ? [part.claim] : [])));
  return [
    ...named('callers', callers),
    ...named('except', except),
    ...inRooms.map(({ source }) => ({ rule: number, path: ['rooms'], claim: source })),
    ...templatesOf(rule).flatMap(({ paths }) => paths.map(({ source }) => ({ rule: number, path: [], claim: source }))),
  ];
}

/** One letter missing, added or replaced, or two exchanged; not digits, which number things. */
function isTypo(name: string, other: string): boolean {
  const [short, long] = name.length <= other.length ? [name, other] : [other, name];
  if (short.length < MIN_LENGTH || long.length - short.length > 1) return false;
  if (short.toLowerCase() === long.toLowerCase()) return true;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  const [left, right] = [short.slice(start, short.length - end), long.slice(start, long.length - end)];
  if (/\d/.test(left + right)) return false;
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left === `${right[1]}${right[0]}`;
}
