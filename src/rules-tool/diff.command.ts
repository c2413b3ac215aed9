import type { Command, CommandArguments, CommandResult } from './command.js';
import { contentOf, rulesOf, SETTINGS_HELP, SETTINGS_OPTIONS, settingsOf, textOf } from './command-options.js';
import { type Outcome, outcomeLine, outcomeOf } from './outcome.js';
import { type Difference, RulesDiff } from './rules-diff.js';
import { parseTestCases } from './test-cases.parser.js';

/** More than one reads; two files without anything in common have one for each pair of rules. */
const LIMIT = 100;

export const diffCommand: Command = {
  summary: 'show which requests two files decide differently',
  files: ['OLD', 'NEW'],
  options: { cases: { type: 'string' }, ...SETTINGS_OPTIONS },
  help: [['--cases FILE', 'compare the cases of this file too, as `test` reads it'], ...SETTINGS_HELP],
  run(args: CommandArguments): CommandResult {
    const [old = '', after = ''] = args.files;
    const reference = Math.floor(args.now / 60_000) * 60_000;
    const settings = settingsOf(args);
    const diff = new RulesDiff(rulesOf(old), rulesOf(after), { settings, reference, limit: LIMIT });
    const file = textOf(args, 'cases');
    const cases = file === undefined ? [] : parseTestCases(file, contentOf(file), args.now);
    const stated = cases.map((one) => diff.compare(one)).filter((found) => found !== undefined);
    const { differences: searched, undecided, isCut } = diff.run();
    const differences = [...stated, ...searched];
    const equivalent = differences.length === 0 && undecided.length === 0;
    const notes = [
      ...(isCut ? [`The search ended after ${LIMIT} differences; there may be more.\n`] : []),
      ...undecided.map(
        (pair) =>
          `Not decided, as there are too many combinations: ${numbered(pair.old)} of OLD, ${numbered(pair.new)} of NEW.\n`,
      ),
    ];
    return {
      text: equivalent
        ? 'Both files decide every request alike.\n'
        : differences.map(inWords).join('') + notes.join(''),
      json: {
        equivalent,
        differences: differences.map(written),
        ...(undecided.length > 0 && { undecided }),
        ...(isCut && { limit: LIMIT }),
      },
      ok: equivalent,
    };
  },
};

const numbered = (rule: number | undefined): string => (rule === undefined ? 'no rule' : `rule ${rule}`);

function written({ room, claims, at, old, new: after }: Difference): unknown {
  return { room, claims, at: new Date(at).toISOString(), old: outcomeOf(old, at), new: outcomeOf(after, at) };
}

function inWords({ room, claims, at, old: before, new: after }: Difference): string {
  const [old, next] = [outcomeOf(before, at), outcomeOf(after, at)];
  return [
    `${kindOf(old, next)}: ${JSON.stringify(room)} with ${JSON.stringify(claims)} at ${new Date(at).toISOString()}\n`,
    `  old: ${outcomeLine(old)}\n`,
    `  new: ${outcomeLine(next)}\n`,
    ...changedTerms(old, next),
    '\n',
  ].join('');
}

function kindOf(old: Outcome, next: Outcome): string {
  if (old.decision === next.decision) return 'other terms';
  return next.decision === 'allowed' ? 'gains access' : 'loses access';
}

function changedTerms(old: Outcome, next: Outcome): string[] {
  const [before, after] = [termsOf(old), termsOf(next)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (one === other) return [];
    return [
      ...(one === undefined ? [] : [`  - ${name}: ${one}\n`]),
      ...(other === undefined ? [] : [`  + ${name}: ${other}\n`]),
    ];
  });
}

/** As JSON, by name. */
function termsOf({ terms }: Outcome): ReadonlyMap<string, string | undefined> {
  return new Map(
    Object.entries(terms ?? {}).map(([name, value]) => [name, JSON.stringify(value) as string | undefined]),
  );
}
