/** The types inside LiveKit's TokenSourceRequest, and what is wrong with a value that is not of one of them. */

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

/** Each agent is a job that somebody pays for; the SDKs ask for one. */
export const MAX_AGENTS = 10;

/** Says what is wrong with the value of a field: its name and what it must be, and nothing that the client sent. */
export type TypeFault = (field: string, value: unknown) => string | undefined;

/** For names, which have rules of their own for what is in them. */
export const stringFault: TypeFault = (field, value) =>
  typeof value === 'string' ? undefined : `${field} must be a string`;

export const textFault: TypeFault = (field, value) => {
  if (typeof value !== 'string') return stringFault(field, value);
  return value.isWellFormed() ? undefined : `${field} must be well-formed Unicode`;
};

export const textMapFault: TypeFault = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const texts = Object.entries(value).flat();
  return firstOf(texts, (text) => textFault(`every name and value of ${field}`, text));
};

export const roomConfigFault: TypeFault = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const { agents } = value;
  if (isAbsent(agents)) return undefined;
  if (!Array.isArray(agents)) return `${field}.agents must be an array`;
  if (agents.length > MAX_AGENTS) return `${field}.agents must hold at most ${MAX_AGENTS} agents`;
  return firstOf(agents, (agent, index) => agentFault(`${field}.agents[${index}]`, agent));
};

const AGENT_TEXTS = ['agent_name', 'agentName', 'metadata', 'deployment'];

const agentFault: TypeFault = (field, value) => {
  if (!isObject(value)) return `${field} must be an object`;
  const { attributes } = value;
  return (
    firstOf(AGENT_TEXTS, (name) => (isAbsent(value[name]) ? undefined : textFault(`${field}.${name}`, value[name]))) ??
    (isAbsent(attributes) ? undefined : textMapFault(`${field}.attributes`, attributes))
  );
};

function firstOf<T>(items: readonly T[], faultOf: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const fault = faultOf(item, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
