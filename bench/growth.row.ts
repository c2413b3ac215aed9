/** What work may grow by: for each kind the small amount, the large one, and how a server is brought to either. */
import { join } from 'node:path';

import { type ContestantName, FLOOR } from './contestant.js';
import type { Traffic } from './load.phase.js';
import { CONNECTIONS } from './measured.server.js';
import { namesOf } from './request.set.js';
import { RuleFile } from './rule.file.js';

export interface WarmUp extends Traffic {
  answers: number;
}

export interface Amount {
  size: number;
  env?: Record<string, string>;
  /** One after the other. Together as many answers for the small amount as for the large one. */
  warmUps: WarmUp[];
  /** What is measured. */
  traffic: Traffic;
}

export interface GrowthRow {
  label: string;
  small: Amount;
  large: Amount;
  /** Those that know such work too. */
  rivals: readonly ContestantName[];
  /** Each window closes with so many answers, before its seconds are over. */
  windowAnswers?: number;
  /** How long the token of a room must live, in seconds. */
  lifetime?: (roomName: string) => number;
}

const WARM_UP_ANSWERS = 10_000;
/** 14.5 new addresses a second for an hour: more than the limits' memory holds, which is 50,000. */
const ADDRESSES_AN_HOUR = 14.5 * 3_600;
/** 3 events a second for an hour: more than the memory of webhooks holds, which is 10,000. */
const EVENTS_AN_HOUR = 3 * 3_600;
/** Of the ids of the small amount all but these are repeats: only what is new takes the whole way, and that has to be warm. */
const FIRST_EVENTS = 1_000;
const REPEATED_EVENTS = 10;
/** So few that the small amount stays small. */
const EVENTS_A_WINDOW = 400;
/** Beyond what any run sends: each is a new one. */
const ENDLESS = 1_000_000;

export function growthRows(folder: string, mostConnections: number): GrowthRow[] {
  return [
    {
      label: 'rooms and identities',
      small: steady(10, { names: namesOf(10) }),
      large: steady(10_000, { names: namesOf(10_000) }),
      rivals: ['reference'],
    },
    {
      label: 'join rules',
      small: withRules(folder, 1),
      large: withRules(folder, 5_000),
      rivals: [],
      lifetime: (roomName) => RuleFile.lifetime(roomName),
    },
    {
      label: `open connections, ${CONNECTIONS} in use`,
      small: steady(CONNECTIONS, {}),
      large: { ...inTurn(mostConnections), traffic: { connections: mostConnections, inUse: CONNECTIONS } },
      rivals: ['reference', 'fastify', 'fastify-plugins', FLOOR],
    },
    {
      label: 'connections used in turn',
      small: inTurn(CONNECTIONS),
      large: inTurn(mostConnections),
      rivals: ['reference', 'fastify', 'fastify-plugins', FLOOR],
    },
    {
      label: "an hour's client addresses",
      small: addresses(10, {}),
      // Each is told that this was its first request.
      large: addresses(ADDRESSES_AN_HOUR, { addresses: ENDLESS, answerHead: '"address";r=999999;' }),
      rivals: [],
    },
    {
      label: "an hour's webhook ids",
      small: events(FIRST_EVENTS, [
        { events: REPEATED_EVENTS, answers: EVENTS_AN_HOUR - FIRST_EVENTS },
        { events: ENDLESS, answers: FIRST_EVENTS },
      ]),
      large: events(EVENTS_AN_HOUR, [{ events: ENDLESS, answers: EVENTS_AN_HOUR }]),
      rivals: [],
      windowAnswers: EVENTS_A_WINDOW,
    },
  ];
}

function steady(size: number, more: Partial<Traffic>): Amount {
  const traffic = { connections: CONNECTIONS, ...more };
  return { size, traffic, warmUps: [{ ...traffic, answers: WARM_UP_ANSWERS }] };
}

/** As many requests under way, however many connections take their turn. */
function inTurn(connections: number): Amount {
  return steady(connections, { connections, inFlight: CONNECTIONS });
}

function withRules(folder: string, count: number): Amount {
  const { path, names } = new RuleFile(join(folder, `${count}-rules.yaml`), count);
  return { ...steady(count, { names }), env: { JOIN_RULES_FILE: path } };
}

function addresses(size: number, more: Partial<Traffic>): Amount {
  const traffic = { connections: CONNECTIONS, addresses: size, ...more };
  return { size, traffic, warmUps: [{ ...traffic, answers: ADDRESSES_AN_HOUR }], env: { TRUST_PROXY: '1' } };
}

function events(size: number, warmUps: Omit<WarmUp, 'connections'>[]): Amount {
  const connections = CONNECTIONS;
  return {
    size,
    traffic: { connections, events: ENDLESS },
    warmUps: warmUps.map((warmUp) => ({ ...warmUp, connections })),
  };
}
