/** What a participant may do in the room, as LiveKit says at the join: by default, and by each grant that a rule can give. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TrackSource } from '@livekit/protocol';

import { type JoinGrants, TRACK_SOURCES } from '../../src/livekit/token-terms.js';
import { temporaryFile } from '../support/temporary-file.js';
import { DOORS } from './support/doors.js';
import { joinResponse } from './support/livekit.client.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';
import { startService, type Service } from './support/service.js';

const BY_DEFAULT = {
  canPublish: true,
  canPublishData: true,
  canPublishSources: [],
  canSubscribe: true,
  canUpdateMetadata: false,
  canSubscribeMetrics: false,
  canManageAgentSession: false,
  hidden: false,
  recorder: false,
  agent: false,
};

type Permission = Partial<Omit<typeof BY_DEFAULT, 'canPublishSources'>> & { canPublishSources?: TrackSource[] };

const ALL_SOURCES = [
  TrackSource.CAMERA,
  TrackSource.MICROPHONE,
  TrackSource.SCREEN_SHARE,
  TrackSource.SCREEN_SHARE_AUDIO,
];

/** Of each grant what a rule may say of it that is not the default, and what comes of it. */
const BY_RULE: Record<keyof JoinGrants, [grants: JoinGrants, permission: Permission][]> = {
  canPublish: [
    [{ canPublish: false }, { canPublish: false, canPublishData: false }],
    [{ canPublish: false, canPublishData: true }, { canPublish: false }],
  ],
  canSubscribe: [[{ canSubscribe: false }, { canSubscribe: false }]],
  canPublishData: [[{ canPublishData: false }, { canPublishData: false }]],
  canPublishSources: [
    ...TRACK_SOURCES.map((source, index): [JoinGrants, Permission] => [
      { canPublishSources: [source] },
      { canPublishSources: ALL_SOURCES.slice(index, index + 1) },
    ]),
    [{ canPublishSources: TRACK_SOURCES }, { canPublishSources: ALL_SOURCES }],
  ],
  canUpdateOwnMetadata: [[{ canUpdateOwnMetadata: true }, { canUpdateMetadata: true }]],
  canSubscribeMetrics: [[{ canSubscribeMetrics: true }, { canSubscribeMetrics: true }]],
  hidden: [[{ hidden: true }, { hidden: true }]],
  // It is no permission within the room; server-api-access.spec.ts tells what it opens.
  roomAdmin: [[{ roomAdmin: true }, {}]],
};

const CASES = Object.values(BY_RULE)
  .flat()
  .map(([grants, permission], index) => ({ said: JSON.stringify(grants), room: `room ${index}`, grants, permission }));

const RULES = [...CASES.map(({ room, grants }) => ({ rooms: [room], grants })), { rooms: ['*'] }];

let livekit: LiveKit;
beforeAll(async () => {
  livekit = await startLiveKit();
});
afterAll(stopPrograms);

describe.each(DOORS)('a token of $name', ({ settings, ask }) => {
  let service: Service;
  beforeAll(async () => {
    const rules = temporaryFile(JSON.stringify(RULES));
    service = await startService({ ...livekit.settings, ...settings, JOIN_RULES_FILE: rules.path });
  });

  async function permissionIn(room: string): Promise<unknown> {
    return (await joinResponse(livekit.url, await ask(service, room, 'Alice'))).participant?.permission;
  }

  it('grants what LiveKit grants by default, and nothing more', async () => {
    expect(await permissionIn('Test Room')).toMatchObject(BY_DEFAULT);
  });

  it.each(CASES)('grants what a rule says: $said', async ({ room, permission }) => {
    expect(await permissionIn(room)).toMatchObject({ ...BY_DEFAULT, ...permission });
  });
});
