import { type JoinGrants, TRACK_SOURCES, type TrackSourceName } from '../livekit/token-terms.js';

import type { RuleReader } from './rule-reader.js';

const GRANTS: Record<keyof JoinGrants, 'boolean' | 'sources'> = {
  canPublish: 'boolean',
  canSubscribe: 'boolean',
  canPublishData: 'boolean',
  canPublishSources: 'sources',
  canUpdateOwnMetadata: 'boolean',
  canSubscribeMetrics: 'boolean',
  hidden: 'boolean',
  roomAdmin: 'boolean',
};

export const GRANT_NAMES = Object.keys(GRANTS);

export function parseGrants(value: unknown, reader: RuleReader): JoinGrants {
  if (value === undefined) return {};
  const map = reader.map('grants', value, GRANT_NAMES) ?? {};
  const grants: JoinGrants = Object.fromEntries(
    Object.entries(map).filter(([name, setting]) => {
      const kind = Object.hasOwn(GRANTS, name) ? GRANTS[name as keyof JoinGrants] : undefined;
      if (kind === 'boolean') {
        if (typeof setting === 'boolean') return true;
        reader.at(name).error(`grants: ${name} must be true or false`);
      } else if (kind === 'sources') {
        if (isSourceList(setting)) return true;
        reader.at(name).error(`grants: ${name} must be a list of ${TRACK_SOURCES.join(', ')}, at least one`);
      }
      return false;
    }),
  );
  if (grants.canPublish === false && grants.canPublishSources) {
    reader.at('canPublishSources').error('grants: canPublishSources needs canPublish');
  }
  return grants;
}

function isSourceList(value: unknown): value is TrackSourceName[] {
  const known: readonly unknown[] = TRACK_SOURCES;
  return Array.isArray(value) && value.length > 0 && value.every((source) => known.includes(source));
}
