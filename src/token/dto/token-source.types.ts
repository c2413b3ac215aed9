/** The types inside LiveKit's TokenSourceRequest, and what is wrong with a value that is not of one of them. */
import type { ErrorParameters } from '../../errors/error.catalogue.js';
import type { Reason } from '../../errors/reason.catalogue.js';
import { deploymentError } from '../../policy/agent-dispatch.js';
import { MAX_AGENTS } from '../../policy/join-request.js';
import type { InvalidPart, ValueCheck } from '../../validation/rule.context.js';

export type TextMap = Readonly<Record<string, string>>;

/** LiveKit's RoomAgentDispatch; null and '' stand for a field left out, as in every JSON form of a protobuf message. */
export interface AgentBody {
  readonly agent_name?: string | null;
  readonly agentName?: string | null;
  readonly metadata?: string | null;
  readonly deployment?: string | null;
  readonly attributes?: TextMap | null;
  readonly [other: string]: unknown;
}

/** LiveKit's RoomConfiguration. Only agents are read, so only they are checked. */
export interface RoomConfigBody {
  readonly agents?: readonly AgentBody[] | null;
  readonly [other: string]: unknown;
}

/** For names, which have rules of their own for what is in them. */
export const checkString: ValueCheck = (field, value) =>
  typeof value === 'string' ? VALID : because('FIELD_NOT_STRING', field);

export const checkText: ValueCheck = (field, value) => {
  if (typeof value !== 'string') return because('FIELD_NOT_STRING', field);
  return value.isWellFormed() ? VALID : because('FIELD_NOT_UNICODE', field);
};

/** Points at the whole map: names are what the client sent. */
export const checkTextMap: ValueCheck = (field, value) => {
  if (!isObject(value)) return because('FIELD_NOT_OBJECT', field);
  for (const text of Object.entries(value).flat()) {
    if (typeof text !== 'string') return because('ENTRIES_NOT_STRING', field);
    if (!text.isWellFormed()) return because('ENTRIES_NOT_UNICODE', field);
  }
  return VALID;
};

const checkDeployment: ValueCheck = (field, value) => {
  const text = typeof value === 'string' ? deploymentError(field, value) : undefined;
  return text === undefined ? checkText(field, value) : [{ pointer: '', text }];
};

export const checkRoomConfig: ValueCheck = (field, value) => {
  if (!isObject(value)) return because('FIELD_NOT_OBJECT', field);
  const { agents } = value;
  return isAbsent(agents) ? VALID : below('/agents', checkAgents(`${field}.agents`, agents));
};

const checkAgents: ValueCheck = (field, value) => {
  if (!Array.isArray(value)) return because('FIELD_NOT_ARRAY', field);
  if (value.length > MAX_AGENTS) return because('AGENTS_TOO_MANY', field, { max: MAX_AGENTS });
  return value.flatMap((agent, index) => below(`/${index}`, checkAgent(`${field}[${index}]`, agent)));
};

const AGENT_MEMBERS = {
  agent_name: checkText,
  agentName: checkText,
  metadata: checkText,
  deployment: checkDeployment,
  attributes: checkTextMap,
};

const checkAgent: ValueCheck = (field, value) => {
  if (!isObject(value)) return because('FIELD_NOT_OBJECT', field);
  return Object.entries(AGENT_MEMBERS).flatMap(([name, check]) =>
    isAbsent(value[name]) ? VALID : below(`/${name}`, check(`${field}.${name}`, value[name])),
  );
};

const VALID: readonly InvalidPart[] = [];

const because = (key: Reason, field: string, parameters?: ErrorParameters): readonly InvalidPart[] => [
  { pointer: '', text: { key, parameters: { field, ...parameters } } },
];

const below = (member: string, parts: readonly InvalidPart[]): readonly InvalidPart[] =>
  parts.map(({ pointer, text }) => ({ pointer: member + pointer, text }));

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
