import { duration } from '../config/value-readers.js';
import { textOf } from '../errors/reason.catalogue.js';
import { deploymentError } from '../policy/agent-dispatch.js';
import { type AgentDispatch } from '../livekit/token-terms.js';
import { MAX_AGENTS } from '../policy/join-request.js';
import type { RoomSettings } from '../livekit/token-terms.js';

import { isMap, type RuleReader } from './rule-reader.js';

const KEYS = ['maxParticipants', 'emptyTimeout', 'departureTimeout', 'agents'];
const AGENT_KEYS = ['agentName', 'metadata', 'attributes', 'deployment'];

/** LiveKit's field is a uint32. */
const MAX_PARTICIPANTS = 1_000_000;

const readTimeout = duration({ min: '1s', max: '24h' });

export interface ParsedRoom {
  readonly room?: RoomSettings | undefined;
  readonly agents?: readonly AgentDispatch[] | undefined;
}

export function parseRoomSettings(value: unknown, reader: RuleReader): ParsedRoom {
  if (value === undefined) return {};
  const map = reader.map('room', value, KEYS);
  if (map === undefined) return {};
  const { maxParticipants, agents } = map;
  const room: { -readonly [Key in keyof RoomSettings]: RoomSettings[Key] } = {};
  if (maxParticipants !== undefined) {
    const isValid = Number.isInteger(maxParticipants) && Number(maxParticipants) >= 1;
    if (isValid && Number(maxParticipants) <= MAX_PARTICIPANTS) room.maxParticipants = Number(maxParticipants);
    else
      reader.at('maxParticipants').error(`room: maxParticipants must be a whole number from 1 to ${MAX_PARTICIPANTS}`);
  }
  for (const name of ['emptyTimeout', 'departureTimeout'] as const) {
    const text = map[name];
    if (text === undefined) continue;
    const seconds = reader.at(name).attempt(`room: ${name}`, () => readTimeout(typeof text === 'string' ? text : ''));
    if (seconds !== undefined) room[name] = seconds;
  }
  return {
    ...(Object.keys(room).length > 0 && { room }),
    ...(agents !== undefined && { agents: parseAgents(agents, reader.at('agents')) }),
  };
}

function parseAgents(value: unknown, reader: RuleReader): readonly AgentDispatch[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_AGENTS) {
    reader.error(`room: agents must be a list of 1 to ${MAX_AGENTS} agents`);
    return [];
  }
  const agents = value.map((agent: unknown, index) => parseAgent(agent, reader.at(index)));
  const names = agents.map((agent) => agent?.agentName);
  if (new Set(names).size < names.length) reader.error('room: agents must not have the same agentName twice');
  return agents.filter((agent) => agent !== undefined);
}

function parseAgent(value: unknown, reader: RuleReader): AgentDispatch | undefined {
  const map = reader.map('room: an agent', value, AGENT_KEYS);
  if (map === undefined) return undefined;
  const { agentName, metadata, deployment, attributes } = map;
  if (typeof agentName !== 'string') return reader.error('room: agentName must be a string');
  for (const [name, text] of Object.entries({ agentName, metadata, deployment })) {
    if (text !== undefined && !isText(text)) {
      return reader.at(name).error(`room: ${name} must be a string of well-formed Unicode`);
    }
  }
  if (attributes !== undefined && !isTextMap(attributes)) {
    return reader.at('attributes').error('room: attributes must be a map of strings of well-formed Unicode');
  }
  const error = typeof deployment === 'string' ? deploymentError('deployment', deployment) : undefined;
  if (error !== undefined) return reader.at('deployment').error(`room: ${textOf(error)}`);
  return {
    agentName,
    ...(typeof metadata === 'string' && { metadata }),
    ...(typeof deployment === 'string' && { deployment }),
    ...(attributes !== undefined && { attributes }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

function isTextMap(value: unknown): value is Record<string, string> {
  return isMap(value) && Object.entries(value).flat().every(isText);
}
