import type { JoinGrants, TrackSourceName } from '../livekit/token-terms.js';
import { SOURCES } from '../livekit/track-sources.js';

import { isWider, type Permission } from './participant-permission.js';

/** What LiveKit reads in the claims of a token. */
export interface JoinToken {
  readonly room: string;
  readonly identity: string;
  /** Its time is over, by more than LiveKit's tolerance. */
  readonly hasExpired: boolean;
  /** LiveKit lets no participant in without it. */
  readonly joins: boolean;
  /** Of a service of LiveKit's own (agent, egress, ingress, SIP), whose tokens this service never signs. */
  readonly isOfLiveKit: boolean;
  readonly permission: Permission;
  readonly roomAdmin: boolean;
  /** It has grants that this service never signs. */
  readonly hasOtherGrants: boolean;
}

const OTHER_GRANTS = [
  'roomCreate',
  'roomList',
  'roomRecord',
  'ingressAdmin',
  'recorder',
  'agent',
  'canManageAgentSession',
  'destinationRoom',
];

const KINDS_OF_LIVEKIT = new Set(['agent', 'egress', 'ingress', 'sip', 'connector', 'bridge']);

type Fields = ReadonlyMap<string, unknown>;

/** Reads claims as Go does: names in any case. Undefined if two names differ in case only, since the last one would count. */
export function readJoinToken(payload: unknown, hasExpired: boolean): JoinToken | undefined {
  const claims = fieldsOf(payload);
  const video = fieldsOf(claims?.get(keyOf('video')) ?? {});
  if (claims === undefined || video === undefined) return undefined;
  const text = (fields: Fields, name: string): string => {
    const value = fields.get(keyOf(name));
    return typeof value === 'string' ? value : '';
  };
  const flag = (name: string, absent = false): boolean => Boolean(video.get(keyOf(name)) ?? absent);
  const canPublish = flag('canPublish', true);
  const sources = video.get(keyOf('canPublishSources'));
  return {
    room: text(video, 'room'),
    identity: text(claims, 'sub') || text(claims, 'jti'),
    hasExpired,
    joins: flag('roomJoin'),
    isOfLiveKit: KINDS_OF_LIVEKIT.has(text(claims, 'kind').toLowerCase()) || flag('agent') || flag('recorder'),
    permission: {
      canPublish,
      canSubscribe: flag('canSubscribe', true),
      canPublishData: flag('canPublishData', canPublish),
      canPublishSources: (Array.isArray(sources) ? sources : []).map((name) => SOURCES[name as TrackSourceName]),
      canUpdateMetadata: flag('canUpdateOwnMetadata'),
      canSubscribeMetrics: flag('canSubscribeMetrics'),
      hidden: flag('hidden'),
    },
    roomAdmin: flag('roomAdmin'),
    hasOtherGrants: OTHER_GRANTS.some((name) => flag(name)),
  };
}

/** Whether the token opens anything that the grants of an admission do not. */
export function exceeds({ permission, roomAdmin, hasOtherGrants }: JoinToken, grants: JoinGrants): boolean {
  return hasOtherGrants || (roomAdmin && grants.roomAdmin !== true) || isWider(permission, grants);
}

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const fields = new Map<string, unknown>();
  for (const [name, field] of entries) fields.set(keys.get(name) ?? folded(name), field);
  return fields.size === entries.length ? fields : undefined;
}

/** Folded names by the spelling of this file, which most tokens have. Of no other names, so that it stays small. */
const keys = new Map<string, string>();

/** The folded name of a claim that this file looks up. Folding all of them takes a microsecond a token. */
function keyOf(name: string): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = folded(name);
  keys.set(name, key);
  return key;
}

/** Unicode's simple folding, for which one of the two alone is not enough. */
const folded = (name: string): string => name.toLowerCase().toUpperCase();
