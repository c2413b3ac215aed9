import { parseJoinRules } from '../rules/join-rules.parser.js';

import type { Command, CommandArguments, CommandResult } from './command.js';
import { contentOf } from './command-options.js';
import { type Finding, findingJson, findingLine } from './finding.js';
import { warningsOf } from './rule-warnings.js';

export const checkCommand: Command = {
  summary: 'find errors, and rules that are probably not meant',
  files: ['FILE'],
  options: { room: { type: 'string', multiple: true } },
  help: [['--room ROOM', 'warn if no rule opens this room; may be given several times']],
  run({ files: [file = ''], values: { room }, now }: CommandArguments): CommandResult {
    const parsed = parseJoinRules(contentOf(file));
    const { rules, errors } = parsed;
    const rooms = Array.isArray(room) ? room.filter((name) => typeof name === 'string') : [];
    const warnings: readonly Finding[] = errors.length > 0 ? [] : warningsOf(parsed, rooms, now);
    const lines = [
      ...errors.map((error) => findingLine(file, 'error', error)),
      ...warnings.map((warning) => findingLine(file, 'warning', warning)),
      `${amount(rules.length, 'rule')}, ${amount(errors.length, 'error')}, ${amount(warnings.length, 'warning')}\n`,
    ];
    return {
      text: lines.join(''),
      json: { errors: errors.map(findingJson), warnings: warnings.map(findingJson) },
      ok: errors.length === 0,
    };
  },
};

const amount = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
