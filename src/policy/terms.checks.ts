/** What terms must be so that they can be signed and reach LiveKit. Policies of a team may set any of them. */
import { isFitName, MAX_NAME_BYTES } from '../livekit/names.js';

import { fieldBytes, MAX_FIELD_BYTES } from './field-size.js';
import { type AgentDispatch } from '../livekit/token-terms.js';
import { MAX_AGENTS } from './join-request.js';
import { type JoinGrants, TRACK_SOURCES } from '../livekit/token-terms.js';
import { type JoinTerms } from './join-terms.js';

/** Seconds, the maximum of TOKEN_TTL. */
export const MAX_TTL = 86_400;

/** LiveKit's fields are uint32. */
const MAX_ROOM_SETTING = 2 ** 32 - 1;

export interface InvalidTerm {
  /** The path of the member in JoinTerms, such as `grants.canPublishSources`. */
  readonly field: string;
  /** What it must be, without the value. */
  readonly rule: string;
}

const NAME_RULE = `must be a well-formed, non-blank string of at most ${MAX_NAME_BYTES} bytes of UTF-8`;
const TEXT_RULE = 'must be a well-formed string';

/** The first member that differs from the terms before and must not be signed as it is. */
export function invalidChange(before: JoinTerms, terms: JoinTerms): InvalidTerm | undefined {
  for (const member of ['room', 'identity', 'name'] as const) {
    if (terms[member] === before[member] || (member === 'name' && terms.name === undefined)) continue;
    if (!isFitName(terms[member])) return { field: member, rule: NAME_RULE };
  }
  const { ttl, endsAt, grants } = terms;
  if (!isWholeNumber(ttl, MAX_TTL)) {
    return { field: 'ttl', rule: `must be a whole number of seconds from 1 to ${MAX_TTL}` };
  }
  if (endsAt !== undefined && !Number.isFinite(endsAt)) {
    return { field: 'endsAt', rule: 'must be a number of milliseconds since the epoch' };
  }
  return (
    (grants === before.grants ? undefined : invalidGrant(grants)) ??
    invalidRoomSetting(terms) ??
    (haveSameFields(before, terms) ? undefined : invalidField(terms))
  );
}

/** The fields of the client are checked by ClientFieldsPolicy, which must not blame a policy that leaves them alone. */
const haveSameFields = (one: JoinTerms, other: JoinTerms): boolean =>
  one.metadata === other.metadata && one.attributes === other.attributes && one.agents === other.agents;

function invalidGrant(grants: JoinGrants): InvalidTerm | undefined {
  if (!isObject(grants)) return { field: 'grants', rule: 'must be an object' };
  const { canPublishSources: sources, ...flags } = grants;
  for (const [name, value] of Object.entries(flags)) {
    if (name in FLAGS && value !== undefined && typeof value !== 'boolean') {
      return { field: `grants.${name}`, rule: 'must be true or false' };
    }
  }
  if (sources === undefined) return undefined;
  if (Array.isArray(sources) && sources.length > 0 && sources.every((source) => TRACK_SOURCES.includes(source))) {
    return undefined;
  }
  // LiveKit reads an empty list as "all sources".
  return { field: 'grants.canPublishSources', rule: `must list at least one of ${TRACK_SOURCES.join(', ')}` };
}

const FLAGS: Readonly<Record<Exclude<keyof JoinGrants, 'canPublishSources'>, true>> = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  canSubscribeMetrics: true,
  hidden: true,
  roomAdmin: true,
};

function invalidRoomSetting({ roomSettings = {} }: JoinTerms): InvalidTerm | undefined {
  for (const name of ['maxParticipants', 'emptyTimeout', 'departureTimeout'] as const) {
    const value = roomSettings[name];
    if (value !== undefined && !isWholeNumber(value, MAX_ROOM_SETTING)) {
      return { field: `roomSettings.${name}`, rule: `must be a whole number from 1 to ${MAX_ROOM_SETTING}` };
    }
  }
  return undefined;
}

function invalidField(terms: JoinTerms): InvalidTerm | undefined {
  const { metadata, attributes, agents } = terms;
  if (!isOptionalText(metadata)) return { field: 'metadata', rule: TEXT_RULE };
  if (!isOptionalTextMap(attributes)) return { field: 'attributes', rule: 'must be an object of well-formed strings' };
  if (agents !== undefined && !(Array.isArray(agents) && agents.length <= MAX_AGENTS && agents.every(isAgent))) {
    return { field: 'agents', rule: `must be a list of at most ${MAX_AGENTS} agents with an agentName` };
  }
  if (fieldBytes(terms) > MAX_FIELD_BYTES) {
    const rule = `must be at most ${MAX_FIELD_BYTES} bytes of UTF-8 together`;
    return { field: 'metadata, attributes, agents', rule };
  }
  return undefined;
}

const isAgent = (agent: Partial<AgentDispatch> | undefined): boolean =>
  isObject(agent) &&
  isText(agent.agentName) &&
  isOptionalText(agent.metadata) &&
  isOptionalText(agent.deployment) &&
  isOptionalTextMap(agent.attributes);

const isText = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed();

const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);

const isOptionalTextMap = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.entries(value).flat().every(isText));

const isObject = <T>(value: T): value is T & object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWholeNumber = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;
