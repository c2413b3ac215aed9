import type { ParticipantPermission } from 'livekit-server-sdk';

import type { JoinGrants } from '../livekit/token-terms.js';
import { SOURCES } from '../livekit/track-sources.js';

export type Permission = Pick<
  ParticipantPermission,
  | 'canPublish'
  | 'canSubscribe'
  | 'canPublishData'
  | 'canPublishSources'
  | 'canUpdateMetadata'
  | 'canSubscribeMetrics'
  | 'hidden'
>;

/** What LiveKit makes of the grants of a token, with its defaults. It has no `roomAdmin`: only the token has. */
export function permissionOf(grants: JoinGrants): Permission {
  const canPublish = grants.canPublish ?? true;
  return {
    canPublish,
    canSubscribe: grants.canSubscribe ?? true,
    canPublishData: grants.canPublishData ?? canPublish,
    canPublishSources: (grants.canPublishSources ?? []).map((source) => SOURCES[source]),
    canUpdateMetadata: grants.canUpdateOwnMetadata ?? false,
    canSubscribeMetrics: grants.canSubscribeMetrics ?? false,
    hidden: grants.hidden ?? false,
  };
}

/** Whether the permission allows anything that the grants do not. */
export function isWider(permission: Permission, grants: JoinGrants): boolean {
  const granted = permissionOf(grants);
  const flags = [
    'canPublish',
    'canSubscribe',
    'canPublishData',
    'canUpdateMetadata',
    'canSubscribeMetrics',
    'hidden',
  ] as const;
  if (flags.some((flag) => permission[flag] && !granted[flag])) return true;
  return permission.canPublish && hasMoreSources(permission.canPublishSources, granted.canPublishSources);
}

/** An empty list means all sources. */
function hasMoreSources(one: Permission['canPublishSources'], granted: Permission['canPublishSources']): boolean {
  if (granted.length === 0) return false;
  return one.length === 0 || one.some((source) => !granted.includes(source));
}

export const isSamePermission = (one: JoinGrants, other: JoinGrants): boolean =>
  JSON.stringify(permissionOf(one)) === JSON.stringify(permissionOf(other));
