/** Writes join rules, few or many, and names who asks for rooms of those that stand deep in the file. */
import { writeFileSync } from 'node:fs';

import { type Names, namesOf, padded } from './request.set.js';

const NAMES = 10_000;
/** Rules differ by how long their tokens live, in such steps: so a token says which rule has let its owner in. */
const TTL_STEP_SECONDS = 10;
/** Of every rule; they hold for all requests. */
const CONDITIONS = [
  '  when: [{ days: mon-fri, zone: Europe/Berlin }, { days: sat-sun, zone: Europe/Berlin }]',
  '  except: { realm_access.roles: [suspended, left] }',
  '  stay: 3d',
];
/** Of every third rule. */
const TERMS = [
  "  attributes: { role: host, team: 'of ${tenant}' }",
  '  room: { maxParticipants: 50, departureTimeout: 30s, agents: [{ agentName: scribe }] }',
];
/** Beyond those that are counted: the room of the request that tells whether a server has started. */
const LAST = '- rooms: [first]\n';

export class RuleFile {
  readonly names: Names[];

  /**
   * Of five rules one names its rooms, three what their names begin with, and one is for callers with a claim: no
   * caller has any where AUTH_MODE is none, so it is there to be passed over.
   */
  constructor(
    readonly path: string,
    count: number,
  ) {
    const rules = Array.from({ length: count }, (_, i) => ruleText(i + 1));
    writeFileSync(path, `${rules.join('')}${LAST}`);
    const deep: number[] = [];
    for (let number = Math.floor(count / 2) + 1; number <= count; number++) if (!hasClaim(number)) deep.push(number);
    this.names = namesOf(NAMES).map(({ roomName, participantName }, i) => ({
      roomName: roomOf(deep[i % deep.length] ?? 1, roomName),
      participantName,
    }));
  }

  /** How long the token of one of these rooms lives, in seconds. */
  static lifetime(roomName: string): number {
    return lifetimeOf(Number(roomName.split('-').at(1)));
  }
}

const hasClaim = (number: number): boolean => number % 5 === 0;
const isExact = (number: number): boolean => number % 5 === 2;
const lifetimeOf = (number: number): number => 120 + number * TTL_STEP_SECONDS;

function roomOf(number: number, room: string): string {
  return isExact(number) ? `lobby-${padded(number)}` : `team-${padded(number)}-${room}`;
}

function ruleText(number: number): string {
  const rooms = hasClaim(number) ? [`staff-${padded(number)}-*`, '${tenant}/*'] : [roomOf(number, '*')];
  const lines = [`- rooms: ${JSON.stringify(rooms)}`, `  ttl: ${lifetimeOf(number)}s`];
  lines.push(...CONDITIONS);
  if (number % 3 === 0) lines.push(...TERMS);
  if (hasClaim(number)) lines.push(`  callers: { groups: staff-${padded(number)} }`);
  return `${lines.join('\n')}\n`;
}
