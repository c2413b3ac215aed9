import { isSameDecision, type RulesDecision } from '../rules/evaluate-rules.js';
import type { JoinRule } from '../rules/join-rule.js';
import type { JoinRuleIndex } from '../rules/join-rule.index.js';
import type { RoomPattern } from '../rules/room-pattern.js';

import { changedRules } from './aligned-rules.js';
import { CaseSearch, type Verdict } from './case-search.js';
import { CriticalTimes } from './critical-times.js';
import { areApart } from './glob.js';
import { plainForms } from './plain-claims.js';
import { type Requirements, requirementsOf } from './requirements.js';
import { decide, type RuleCase } from './rule-case.js';
import { effectKey, templatesOf } from './rule-effect.js';
import { SearchLimitError } from './search-limit.error.js';
import type { TermsSettings } from './terms-settings.js';

/** A request that two files decide differently. */
export interface Difference extends RuleCase {
  readonly old: RulesDecision;
  readonly new: RulesDecision;
}

export interface DiffResult {
  readonly differences: readonly Difference[];
  /** Rules of which it is not known whether they make another difference, by number; `undefined` for no rule. */
  readonly undecided: readonly { readonly old: number | undefined; readonly new: number | undefined }[];
  /** Whether `limit` ended the search. */
  readonly isCut: boolean;
}

export interface DiffOptions {
  readonly settings: TermsSettings;
  /** Differences are searched for from this time on first. Milliseconds since the epoch. */
  readonly reference: number;
  /** The most differences to find. */
  readonly limit: number;
}

/** A rule of the old file and one of the new file that decide a request; undefined: no rule is met. */
interface Pair {
  readonly old: JoinRule | undefined;
  readonly new: JoinRule | undefined;
}

/** Finds one request for each pair of rules that decide it differently. */
export class RulesDiff {
  private readonly times: CriticalTimes;

  constructor(
    private readonly before: JoinRuleIndex,
    private readonly after: JoinRuleIndex,
    private readonly options: DiffOptions,
  ) {
    this.times = new CriticalTimes(options.reference);
  }

  run(): DiffResult {
    const differences: Difference[] = [];
    const undecided: DiffResult['undecided'][number][] = [];
    for (const pair of this.pairs()) {
      if (differences.length >= this.options.limit) return { differences, undecided, isCut: true };
      try {
        const found = this.differenceOf(pair);
        if (found) differences.push(found);
      } catch (error) {
        if (!(error instanceof SearchLimitError)) throw error;
        undecided.push({ old: pair.old?.number, new: pair.new?.number });
      }
    }
    return { differences, undecided, isCut: false };
  }

  /** The decisions of both files; undefined if they are the same. */
  compare(one: RuleCase): Difference | undefined {
    const { settings } = this.options;
    const [old, after] = [decide(this.before, one, settings), decide(this.after, one, settings)];
    return isSameDecision(old, after, one.at) ? undefined : { ...one, old, new: after };
  }

  /** Each pair with a changed rule in it, once. */
  private *pairs(): Generator<Pair> {
    const changed = changedRules(this.before.rules, this.after.rules);
    for (const rule of changed.old) {
      for (const other of this.after.rules) yield { old: rule, new: other };
      yield { old: rule, new: undefined };
    }
    const isOld = new Set(changed.old);
    for (const rule of changed.new) {
      for (const other of this.before.rules) if (!isOld.has(other)) yield { old: other, new: rule };
      yield { old: undefined, new: rule };
    }
  }

  private differenceOf(pair: Pair): Difference | undefined {
    const rules = [pair.old, pair.new].filter((rule) => rule !== undefined);
    const [one, other] = rules;
    if (one && other && effectKey(one) === effectKey(other)) return undefined;
    for (const patterns of patternsOf(rules)) {
      const requirements = requirementsOf(rules, patterns);
      if (this.search(pair, rules, requirements, () => true) === undefined) continue;
      for (const texts of textChoices(rules)) {
        const isDifferent = (found: RuleCase): boolean => this.compare(found) !== undefined;
        const found = this.search(pair, rules, { ...requirements, texts }, isDifferent);
        if (found) return this.plain(found, pair);
      }
    }
    return undefined;
  }

  /** A request whose first matching rules are the pair, and that is wanted. */
  private search(
    pair: Pair,
    rules: readonly JoinRule[],
    requirements: Requirements,
    isWanted: (found: RuleCase) => boolean,
  ): RuleCase | undefined {
    const judge = (found: RuleCase): Verdict => {
      const obstacle = this.obstacle(found, pair);
      if (obstacle) return { obstacle };
      return isWanted(found) ? 'found' : 'other';
    };
    const literals = rules
      .flatMap(templatesOf)
      .map(({ source }) => source)
      .join('');
    return new CaseSearch(this.times, judge, {
      literals,
      beforeEnd: secondsBeforeEnd(rules, this.options.settings),
    }).find(requirements);
  }

  /** A rule that is met before the pair. */
  private obstacle({ room, claims, at }: RuleCase, pair: Pair): JoinRule | undefined {
    const old = this.before.find(room, claims, at);
    if (old !== pair.old) return old;
    const after = this.after.find(room, claims, at);
    return after === pair.new ? undefined : after;
  }

  private plain(found: RuleCase, pair: Pair): Difference | undefined {
    for (const claims of plainForms(found.claims)) {
      const one = { ...found, claims };
      const difference = this.obstacle(one, pair) ? undefined : this.compare(one);
      if (difference) return difference;
    }
    return undefined;
  }
}

function* patternsOf([one, other]: readonly JoinRule[]): Generator<readonly RoomPattern[]> {
  for (const pattern of one?.rooms ?? []) {
    if (other === undefined) yield [pattern];
    for (const second of other?.rooms ?? []) {
      if (pattern.source === second.source) yield [pattern];
      else if (!areApart(pattern, second)) yield [pattern, second];
    }
  }
}

const MAX_SUBSETS_OF = 4;

/** Which claims of the templates are there: all combinations, or of many claims, those that differ by one. */
function textChoices(rules: readonly JoinRule[]): readonly (readonly string[])[] {
  const paths = [
    ...new Set(rules.flatMap(templatesOf).flatMap((template) => template.paths.map(({ source }) => source))),
  ];
  if (paths.length > MAX_SUBSETS_OF) {
    return [paths, ...paths.map((path) => paths.filter((other) => other !== path)), ...paths.map((path) => [path]), []];
  }
  const subsets = paths.reduce<string[][]>((sets, path) => sets.flatMap((set) => [[...set, path], set]), [[]]);
  return subsets.sort((one, other) => other.length - one.length);
}

/** Undefined if the time decides nothing but whether the rules are met. */
function secondsBeforeEnd(rules: readonly JoinRule[], settings: TermsSettings): readonly number[] | undefined {
  if (rules.length < 2 || !rules.some(({ when, stay }) => when.length > 0 || stay !== undefined)) return undefined;
  const seconds = rules.flatMap(({ stay, ttl = settings.ttl }) => [stay, ttl]);
  return [...new Set(seconds.filter((one) => one !== undefined))];
}
