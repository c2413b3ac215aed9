/** The types inside LiveKit's TokenSourceRequest, and what is wrong with a value that is not of one of them. */
import { deploymentError } from '../../policy/agent-dispatch.js';
import { MAX_AGENTS } from '../../policy/join-request.js';

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

/** Says what is wrong with the value of a field: its name and what it must be, and nothing that the client sent. */
export type TypeCheck = (field: string, value: unknown) => string | undefined;

/** For names, which have rules of their own for what is in them. */
export const checkString: TypeCheck = (field, value) =>
  typeof value === 'string' ? undefined : `${field} must be a string`;

export const checkText: TypeCheck = (field, value) => {
  if (typeof value !== 'string') return checkString(field, value);
  return value.isWellFormed() ? undefined : `${field} must be well-formed Unicode`;
};

export const checkTextMap: TypeCheck = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const texts = Object.entries(value).flat();
  return firstOf(texts, (text) => checkText(`every name and value of ${field}`, text));
};

const checkDeployment: TypeCheck = (field, value) => {
  const error = typeof value === 'string' ? deploymentError(value) : undefined;
  return error === undefined ? checkText(field, value) : `${field} ${error}`;
};

export const checkRoomConfig: TypeCheck = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const { agents } = value;
  if (isAbsent(agents)) return undefined;
  if (!Array.isArray(agents)) return `${field}.agents must be an array`;
  if (agents.length > MAX_AGENTS) return `${field}.agents must hold at most ${MAX_AGENTS} agents`;
  return firstOf(agents, (agent, index) => checkAgent(`${field}.agents[${index}]`, agent));
};

const AGENT_TEXTS = { agent_name: checkText, agentName: checkText, metadata: checkText, deployment: checkDeployment };

const checkAgent: TypeCheck = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const { attributes } = value;
  return (
    firstOf(Object.entries(AGENT_TEXTS), ([name, check]) =>
      isAbsent(value[name]) ? undefined : check(`${field}.${name}`, value[name]),
    ) ?? (isAbsent(attributes) ? undefined : checkTextMap(`${field}.attributes`, attributes))
  );
};

function firstOf<T>(items: readonly T[], check: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const error = check(item, index);
    if (error !== undefined) return error;
  }
  return undefined;
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
