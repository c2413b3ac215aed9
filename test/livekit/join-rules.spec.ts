/** What join rules say about rooms and participants takes effect in LiveKit. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RoomServiceClient } from 'livekit-server-sdk';

import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { temporaryFile } from '../support/temporary-file.js';
import { AgentWorker } from './support/agent.worker.js';
import { joinResponse, validate } from './support/livekit.client.js';
import { type LiveKit, startOwnLiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { requestToken } from './support/service.js';

const RULES = `
- rooms: [small]
  room: { maxParticipants: 1 }
- rooms: [kept]
  room: { emptyTimeout: 2h, departureTimeout: 1h }
- rooms: [full]
  metadata: '{"by":"rules"}'
  attributes: { role: host, 'a b': '日本語' }
  stay: 1h
  room:
    maxParticipants: 20
    emptyTimeout: 5m
    departureTimeout: 30s
    agents: [{ agentName: scribe, metadata: notes, attributes: { tone: kind } }]
- rooms: ['*']
`;

let livekit: LiveKit;
let app: RunningApp;
let rooms: RoomServiceClient;

beforeAll(async () => {
  // Its own default for rooms that everybody has left is one second.
  livekit = await startOwnLiveKit();
  app = await startApp({ ...livekit.settings, JOIN_RULES_FILE: temporaryFile(RULES).path });
  rooms = app.app.get(RoomServiceClient);
});

afterAll(stopPrograms);

const tokenFor = (room: string, name: string): Promise<string> => requestToken(app, room, name);

describe('a join rule', () => {
  it('gives tokens with settings of the room that LiveKit accepts', async () => {
    expect((await validate(livekit.url, await tokenFor('full', 'zoe'))).map(({ status }) => status)).toEqual([
      200, 200,
    ]);
  });

  it('sets the settings of the room, its agents, metadata and attributes', async () => {
    const worker = await AgentWorker.register(livekit, 'scribe');
    const { participant } = await joinResponse(livekit.url, await tokenFor('full', 'zoe'));
    expect(participant).toMatchObject({
      identity: 'zoe',
      metadata: '{"by":"rules"}',
      attributes: { role: 'host', 'a b': '日本語' },
    });
    const [room] = await rooms.listRooms(['full']);
    // LiveKit applies emptyTimeout until the first participant joins (`CloseIfEmpty` in pkg/rtc/room.go of v1.13.5). The join that creates
    // the room is that one, so no participant can observe more than the value.
    expect(room).toMatchObject({ maxParticipants: 20, emptyTimeout: 300, departureTimeout: 30 });
    await eventually(() => worker.jobs.length > 0);
    expect(worker.jobs).toMatchObject([{ agentName: 'scribe', metadata: 'notes', attributes: { tone: 'kind' } }]);
  });

  it('limits the participants of the room', async () => {
    await Participant.join(livekit.url, await tokenFor('small', 'first'));
    await expect(joinResponse(livekit.url, await tokenFor('small', 'second'))).rejects.toThrow();
    expect((await rooms.listParticipants('small')).map(({ identity }) => identity)).toEqual(['first']);
    await Participant.join(livekit.url, await tokenFor('large', 'first'));
    await Participant.join(livekit.url, await tokenFor('large', 'second'));
    expect(await rooms.listParticipants('large')).toHaveLength(2);
  });

  it('keeps a room open after the last participant has left', async () => {
    const names = ['kept', 'by default'];
    for (const name of names) {
      const participant = await Participant.join(livekit.url, await tokenFor(name, 'zoe'));
      await participant.leave();
    }
    const open = async (): Promise<string[]> => (await rooms.listRooms(names)).map(({ name }) => name);
    await eventually(async () => (await open()).length < 2);
    expect(await open()).toEqual(['kept']);
    expect(await rooms.listRooms(['kept'])).toMatchObject([{ emptyTimeout: 7200, departureTimeout: 3600 }]);
  });
});
