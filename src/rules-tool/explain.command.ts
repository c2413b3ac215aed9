import type { JoinRule } from '../rules/join-rule.js';

import type { Command, CommandArguments, CommandResult } from './command.js';
import { claimsOf, roomOf, rulesOf, SETTINGS_HELP, SETTINGS_OPTIONS, settingsOf, timeOf } from './command-options.js';
import { explainRule, type RuleExplanation } from './explanation.js';
import { type Outcome, outcomeLine, outcomeOf, type ShownTerms, termLines } from './outcome.js';
import { decide } from './rule-case.js';

export const explainCommand: Command = {
  summary: 'show how a request is decided, and why each rule is met or not',
  files: ['FILE'],
  options: {
    room: { type: 'string' },
    claims: { type: 'string' },
    at: { type: 'string' },
    'no-values': { type: 'boolean' },
    ...SETTINGS_OPTIONS,
  },
  help: [
    ['--room ROOM', 'the room of the request; required'],
    ['--claims FILE', 'JSON object of the claims of the caller; without it, an anonymous caller'],
    ['--at TIME', 'the time of the request, such as 2026-12-31T12:00:00Z; default now'],
    ['--no-values', 'show no values of claims'],
    ...SETTINGS_HELP,
  ],
  run(args: CommandArguments): CommandResult {
    const index = rulesOf(args.files[0] ?? '');
    const request = { room: roomOf(args), claims: claimsOf(args), at: timeOf(args) };
    const settings = settingsOf(args);
    const withValues = args.values['no-values'] !== true;
    const decision = decide(index, request, settings);
    const outcome = outcomeOf(decision, request.at);
    const shown =
      withValues || !outcome.terms
        ? outcome
        : { ...outcome, terms: withoutValues(outcome.terms, decision.rule, settings.identity.source) };
    const rules = index.rules.map((rule) => explainRule(rule, request, withValues));
    return { text: textFor(shown, rules), json: { ...shown, rules }, ok: true };
  },
};

/** With templates in the place of what they expand to. */
function withoutValues(terms: ShownTerms, rule: JoinRule | undefined, identity: string): ShownTerms {
  const attributes = rule?.attributes?.map(([name, template]) => [name, template.source] as const);
  return {
    ...terms,
    identity: rule?.identity?.source ?? identity,
    metadata: rule?.metadata?.source,
    attributes: attributes && Object.fromEntries(attributes),
  };
}

function textFor(outcome: Outcome, rules: readonly RuleExplanation[]): string {
  const lines = rules.map(({ number, name, met, failed, detail }) => {
    const title = `${number}${name === undefined ? '' : ` (${name})`}`;
    return met ? `  + rule ${title} is met\n` : `  - rule ${title}: ${failed}: ${detail}\n`;
  });
  return `${outcomeLine(outcome)}\n${outcome.terms ? termLines(outcome.terms, '    ') : ''}\n${lines.join('')}`;
}
