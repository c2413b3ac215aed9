/** What clients say of themselves at LiveKit's token endpoint reaches LiveKit: names, metadata, attributes, and agents. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';

import { type RunningApp, startApp } from '../../src/testing/start-app.js';
import { eventually } from '../../src/testing/eventually.js';
import { AgentWorker } from './support/agent.worker.js';
import { signToken } from './support/jwt.js';
import { joinResponse } from './support/livekit.client.js';
import { type LiveKit, startLiveKit } from './support/livekit.js';
import { Participant } from './support/participant.js';
import { stopPrograms } from './support/program.js';
import { requestStandardToken } from './support/service.js';

let livekit: LiveKit;
let app: RunningApp;

beforeAll(async () => {
  livekit = await startLiveKit();
  app = await startApp(livekit.settings);
});

afterAll(stopPrograms);

const FIELDS = {
  participant_name: `Zoë  "O'Brien" 👩‍👩‍👧‍👦`,
  participant_metadata: '{"a": 1,  "ü": "\\u0000 😀"}\n',
  participant_attributes: { 'a b': '日本語', toString: 'no function', empty: '' },
};

const arrived = (participant: { name: string; metadata: string; attributes: object } | undefined): unknown => ({
  participant_name: participant?.name,
  participant_metadata: participant?.metadata,
  participant_attributes: participant?.attributes,
});

describe('what a participant says of itself', () => {
  it.each([
    ['some of everything', FIELDS],
    ['a name of 256 bytes', { ...FIELDS, participant_name: '😀'.repeat(64) }],
    [
      'as much as a token takes',
      {
        ...FIELDS,
        participant_metadata: '"'.repeat(2_000),
        participant_attributes: { ['k'.repeat(96)]: 'é'.repeat(1_000) },
      },
    ],
  ])('is what LiveKit says at the join: %s', async (_what, fields) => {
    const { participant } = await joinResponse(livekit.url, await requestStandardToken(app, fields));
    expect(arrived(participant)).toEqual(fields);
  });

  it("is what LiveKit's server API says of who is in the room", async () => {
    const wishes = { ...FIELDS, room_name: 'Größe', participant_identity: 'Zoë' };
    const zoe = await Participant.join(livekit.url, await requestStandardToken(app, wishes));
    const rooms = app.app.get(RoomServiceClient);
    const found = await rooms.listParticipants('Größe');
    expect(found.map(({ sid, identity }) => [sid, identity])).toEqual([[zoe.sid, 'Zoë']]);
    expect(arrived(found[0])).toEqual(FIELDS);
    expect((await rooms.listRooms(['Größe'])).map(({ name, metadata }) => [name, metadata])).toEqual([['Größe', '']]);
  });
});

describe('an agent that a client asks for', () => {
  const agents = [
    { agent_name: 'scribe ü', metadata: '{"lang": "日本語"}', attributes: { tone: 'kind  😀' } },
    { agent_name: 'guide', deployment: 'staging' },
  ];
  const dispatches = [
    { agentName: 'scribe ü', metadata: '{"lang": "日本語"}', attributes: { tone: 'kind  😀' }, deployment: '' },
    { agentName: 'guide', metadata: '', attributes: {}, deployment: 'staging' },
  ];

  it('is dispatched to the room, and its worker is offered the job', async () => {
    const workers = [
      await AgentWorker.register(livekit, 'scribe ü'),
      await AgentWorker.register(livekit, 'guide', 'staging'),
    ];
    const other = await AgentWorker.register(livekit, 'guide');
    const wishes = { room_name: 'with agents', room_config: { agents } };
    await joinResponse(livekit.url, await requestStandardToken(app, wishes));
    await eventually(() => workers.every(({ jobs }) => jobs.length > 0));
    expect(workers.flatMap(({ jobs }) => jobs)).toMatchObject(dispatches);
    expect(workers.flatMap(({ jobs }) => jobs.map(({ room }) => room?.name))).toEqual(['with agents', 'with agents']);
    expect(other.jobs).toEqual([]);

    const listed = await app.app.get(AgentDispatchClient).listDispatch('with agents');
    expect(listed.sort((a, b) => b.agentName.localeCompare(a.agentName))).toMatchObject(dispatches);
  });

  it('may have a deployment of 64 bytes', async () => {
    const deployment = 'é'.repeat(30) + '-./#';
    const worker = await AgentWorker.register(livekit, 'guide', deployment);
    const room_config = { agents: [{ agent_name: 'guide', deployment }] };
    await joinResponse(livekit.url, await requestStandardToken(app, { room_config }));
    await eventually(() => worker.jobs.length > 0);
    expect(worker.jobs).toMatchObject([{ agentName: 'guide', deployment }]);
  });

  it.each(['x'.repeat(65), 'blue_green', 'blue green', 'blue\u007f'])(
    'never comes with a deployment that LiveKit does not take, which is why the service does not: %j',
    async (deployment) => {
      const room = `room of ${deployment}`;
      const roomConfig = { agents: [{ agentName: 'guide', deployment }] };
      await joinResponse(livekit.url, await signToken(livekit, { roomJoin: true, room }, { roomConfig }));
      expect(await app.app.get(AgentDispatchClient).listDispatch(room)).toEqual([]);
      await expect(requestStandardToken(app, { room_config: roomConfig })).rejects.toThrow('FIELD_INVALID');
    },
  );
});
