/** From the body of POST /livekit/token to a request to join, with names made up where the client left them out. */
import type { Request } from 'express';

import type { Caller } from '../auth/caller.js';
import type { AgentDispatch } from '../livekit/token-terms.js';
import type { AdmissionRequest } from '../policy/join-request.js';

import type { TokenSourceRequestDto } from './dto/token-source-request.dto.js';
import type { TokenSourceResponseDto } from './dto/token-source-response.dto.js';
import type { AgentBody, RoomConfigBody, TextMap } from './dto/token-source.types.js';
import type { Admission } from './admission.service.js';
import { generatedName } from './generated-name.js';
import { bodyOf } from './request-body.js';

/** What LiveKit knows of a room and of an agent besides what we sign; see docs/token-source.md for the reasons. */
const OTHER_ROOM_SETTINGS = [
  'egress',
  'name',
  'metadata',
  'empty_timeout',
  'departure_timeout',
  'max_participants',
  'min_playout_delay',
  'max_playout_delay',
  'sync_streams',
  'tags',
];
const OTHER_AGENT_SETTINGS = ['restart_policy'];

/** What a request asks for whose body may not have been validated. */
export function askedFor(request: Request): { readonly room?: unknown; readonly identity?: unknown } {
  const { room_name: room, participant_identity: identity } = bodyOf(request);
  return { room, identity };
}

export function responseOf(serverUrl: string, { token, terms }: Admission): TokenSourceResponseDto {
  return {
    server_url: serverUrl,
    participant_token: token,
    // What LiveKit's own clients show: the identity where there is no name.
    participant_name: terms.name ?? terms.identity,
    room_name: terms.room,
  };
}

export function admissionRequestOf(body: TokenSourceRequestDto, caller: Caller): AdmissionRequest {
  const { room_config: config = {} } = body;
  return {
    caller,
    room: body.room_name ?? generatedName('room'),
    requested: {
      // The identity of a verified caller is not ours to make up.
      identity: body.participant_identity ?? (caller.kind === 'anonymous' ? generatedName('participant') : undefined),
      name: body.participant_name,
      metadata: body.participant_metadata,
      attributes: givenMap(body.participant_attributes),
      agents: agentsOf(config),
      otherSettings: otherSettingsOf(config),
    },
  };
}

function agentsOf({ agents }: RoomConfigBody): readonly AgentDispatch[] | undefined {
  // SDKs send an empty agent for options set to nothing.
  const filled = (agents ?? []).map(agentOf).filter((agent) => Object.values(agent).some(Boolean));
  return filled.length > 0 ? filled : undefined;
}

function agentOf({ agent_name, agentName, metadata, deployment, attributes }: AgentBody): AgentDispatch {
  return {
    // LiveKit takes no name for the agents that were registered without one.
    agentName: given(agent_name) ?? given(agentName) ?? '',
    metadata: given(metadata),
    deployment: given(deployment),
    attributes: givenMap(attributes),
  };
}

function otherSettingsOf(config: RoomConfigBody): readonly string[] {
  return [
    ...namesOfGiven(config, OTHER_ROOM_SETTINGS).map((name) => `room_config.${name}`),
    ...(config.agents ?? []).flatMap((agent, index) =>
      namesOfGiven(agent, OTHER_AGENT_SETTINGS).map((name) => `room_config.agents[${index}].${name}`),
    ),
  ];
}

/** Those of `names` that the object sets to more than their default, as the client wrote them: in snake_case or camelCase. */
function namesOfGiven(object: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  return names
    .flatMap((name) => [name, name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())])
    .filter((name, index, all) => all.indexOf(name) === index && !isDefault(object[name]));
}

/** The defaults of protobuf: some clients send them for settings that are not set. */
function isDefault(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value || value === 'JRP_ON_FAILURE';
}

const given = (text: string | null | undefined): string | undefined => text || undefined;

const givenMap = (map: TextMap | null | undefined): TextMap | undefined =>
  map && Object.keys(map).length > 0 ? map : undefined;
