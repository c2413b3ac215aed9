import type { JoinRule } from '../rules/join-rule.js';

import type { Command, CommandArguments, CommandResult } from './command.js';
import { roomOf, rulesOf } from './command-options.js';
import { CriticalTimes } from './critical-times.js';
import { reachOf } from './room-access.js';
import { valuesInWords, windowInWords, writtenConditions, writtenWindow } from './rule-in-words.js';

export const whoCommand: Command = {
  summary: 'show which callers may enter a room, and with which grants',
  files: ['FILE'],
  options: { room: { type: 'string' } },
  help: [['--room ROOM', 'the room; required']],
  run(args: CommandArguments): CommandResult {
    const index = rulesOf(args.files[0] ?? '');
    const room = roomOf(args);
    const times = new CriticalTimes(args.now);
    const rules = index.rules.filter((rule) => reachOf(rule, index, times, room).isReached !== false);
    const text =
      rules.length === 0
        ? `No caller may enter ${JSON.stringify(room)}.\n`
        : `${JSON.stringify(room)} is open to these callers; the first rule that is met decides.\n${rules.map(inWords).join('')}`;
    return { text, json: { room, rules: rules.map(written) }, ok: true };
  },
};

/** Members as in the file; those that do not apply are missing. */
function written(rule: JoinRule): unknown {
  const { number, name, rooms, callers, except, when, grants, ttl, stay } = rule;
  return {
    number,
    name,
    rooms: rooms.map(({ source }) => source),
    ...(callers.length > 0 && { callers: writtenConditions(callers) }),
    ...(except.length > 0 && { except: writtenConditions(except) }),
    ...(when.length > 0 && { when: when.map(writtenWindow) }),
    grants,
    ttl,
    stay,
  };
}

function inWords({ number, name, rooms, callers, except, when, grants }: JoinRule): string {
  const patterns = rooms.filter((pattern) => pattern.pieces.flat().some((part) => 'claim' in part));
  const conditions = [
    ...callers.map(({ path, values }) => `${path.source} says ${valuesInWords(values)}`),
    ...except.map(({ path, values }) => `${path.source} does not say ${valuesInWords(values)}`),
    ...(patterns.length > 0 && patterns.length === rooms.length
      ? [`the room matches ${patterns.map(({ source }) => JSON.stringify(source)).join(' or ')}`]
      : []),
    ...(when.length > 0 ? [`it is ${when.map(windowInWords).join(' or ')}`] : []),
  ];
  const granted = Object.keys(grants).length === 0 ? 'the default grants' : JSON.stringify(grants);
  return [
    `\nrule ${number}${name === undefined ? '' : ` (${name})`}: ${granted}\n`,
    ...(conditions.length > 0 ? conditions.map((condition) => `    ${condition}\n`) : ['    any caller\n']),
  ].join('');
}
