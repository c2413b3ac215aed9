/** A team's module calls LiveKit by the SDK's own clients; what fails there is a failure of ours with a code. */
import { Controller, Get, Module, Param } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AgentDispatchClient,
  EgressClient,
  IngressClient,
  RoomServiceClient,
  ServerError,
  SipClient,
  TrackSource,
} from 'livekit-server-sdk';

import { Public } from '../src/auth/public.decorator.js';
import { ProblemException } from '../src/errors/problem.exception.js';
import { LiveKitModule } from '../src/livekit/livekit.module.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { holdTimeouts } from './support/clock.js';
import { eventually } from '../src/testing/eventually.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { temporaryFile } from './support/temporary-file.js';

@Public()
@Controller('team/rooms')
class RoomsController {
  constructor(private readonly rooms: RoomServiceClient) {}

  @Get()
  async list(): Promise<string[]> {
    return (await this.rooms.listRooms()).map(({ name }) => name);
  }

  @Get(':room/:identity')
  async find(@Param('room') room: string, @Param('identity') identity: string): Promise<{ sid: string }> {
    return { sid: (await this.rooms.getParticipant(room, identity)).sid };
  }
}

@Module({ imports: [LiveKitModule], controllers: [RoomsController] })
class RoomsModule {}

type Settings = Readonly<Record<string, string>>;

let livekit: FakeLiveKit;
let service: RunningApp;
const start = async (settings: Settings | ((url: string) => Settings) = {}): Promise<void> => {
  livekit = await FakeLiveKit.start();
  const own = typeof settings === 'function' ? settings(livekit.url) : settings;
  service = await startApp({ LIVEKIT_URL: livekit.url, ...own }, { modules: [RoomsModule] });
};
const stop = async (): Promise<void> => {
  await service.close();
  await livekit.stop();
};
const get = async (path: string): Promise<[status: number, code: unknown]> => {
  const response = await fetch(service.url + path);
  return [response.status, ((await response.json()) as { code?: string }).code];
};

describe('the LiveKit clients', () => {
  afterEach(stop);

  it('do what the SDK does, with the grants that the call needs', async () => {
    await start();
    const rooms = service.app.get(RoomServiceClient);
    livekit.join('a', 'alice');
    expect(rooms).toBeInstanceOf(RoomServiceClient);
    expect((await rooms.createRoom({ name: 'b' })).name).toBe('b');
    expect((await rooms.listRooms()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await rooms.listParticipants('a')).map(({ identity }) => identity)).toEqual(['alice']);
    expect((await rooms.getParticipant('a', 'alice')).sid).toBe('PA_alice');
    await rooms.removeParticipant('a', 'alice');
    await rooms.deleteRoom('b');
    expect((await rooms.listRooms()).map(({ numParticipants }) => numParticipants)).toEqual([0]);
    expect(livekit.calls[3]?.claims.video).toEqual({ roomAdmin: true, room: 'a' });
  });

  it('are there for all services of LiveKit', async () => {
    await start();
    for (const Client of [EgressClient, IngressClient, SipClient, AgentDispatchClient]) {
      expect(service.app.get(Client)).toBeInstanceOf(Client);
    }
    await expect(service.app.get(EgressClient).listEgress()).rejects.toMatchObject({ code: 'LIVEKIT_FAILED' });
    expect(livekit.calls[0]?.claims.video).toEqual({ roomRecord: true });
  });

  it('call LIVEKIT_INTERNAL_URL where it is set', async () => {
    await start((url) => ({ LIVEKIT_URL: 'wss://livekit.example.com', LIVEKIT_INTERNAL_URL: url }));
    livekit.join('a', 'alice');
    expect(await (await fetch(`${service.url}/team/rooms`)).json()).toEqual(['a']);
  });

  it('sign with the pair that signs at the time of the call', async () => {
    const keys = temporaryFile('one: hunter1');
    await start({ LIVEKIT_KEYS_FILE: keys.path });
    livekit.keys.set('one', 'hunter1').set('two', 'hunter2');
    await get('/team/rooms');
    keys.replace('two: hunter2\none: hunter1');
    await eventually(() => service.output.text().split('was read again').length === 3);
    await get('/team/rooms');
    expect(livekit.calls.map(({ claims }) => claims.iss)).toEqual(['one', 'two']);
  });

  it('fail with 503 when nobody listens at that address', async () => {
    await start();
    await livekit.stop();
    expect(await get('/team/rooms')).toEqual([503, 'LIVEKIT_UNAVAILABLE']);
  });

  it('fail with 503 where no address of LiveKit is known, and the service starts all the same', async () => {
    await start({
      NODE_ENV: 'production',
      LIVEKIT_URL: '',
      AUTH_MODE: 'none',
      LIVEKIT_API_KEY: 'APIabc',
      LIVEKIT_API_SECRET: 'of-thirty-two-characters-or-even-more',
    });
    expect(await get('/team/rooms')).toEqual([503, 'LIVEKIT_URL_MISSING']);
  });

  it('fail with 500 for a key that LiveKit does not accept, and write no token down', async () => {
    await start({ LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'another secret' });
    expect(await get('/team/rooms')).toEqual([500, 'LIVEKIT_REFUSED_KEY']);
    const line = service.output.lines().find(({ context }) => context === 'Failure');
    expect(line).toMatchObject({ message: 'LIVEKIT_REFUSED_KEY', error: { cause: { status: 401 } } });
    expect(service.output.text()).toContain('invalid token: [token]');
    expect(service.output.text()).not.toMatch(/eyJ/);
  });
});

describe('calls of a LiveKit client', () => {
  beforeAll(() => start());
  afterAll(stop);

  it.each([
    [404, 'not_found', 404, 'LIVEKIT_NOT_FOUND'],
    [400, 'invalid_argument', 400, 'LIVEKIT_INVALID_ARGUMENT'],
    [409, 'already_exists', 409, 'LIVEKIT_CONFLICT'],
    [412, 'failed_precondition', 409, 'LIVEKIT_CONFLICT'],
    [401, 'unauthenticated', 500, 'LIVEKIT_REFUSED_KEY'],
    [403, 'permission_denied', 500, 'LIVEKIT_REFUSED_KEY'],
    [429, 'resource_exhausted', 503, 'LIVEKIT_EXHAUSTED'],
    [503, 'unavailable', 503, 'LIVEKIT_UNAVAILABLE'],
    [500, 'internal', 502, 'LIVEKIT_FAILED'],
    [500, 'constructor', 502, 'LIVEKIT_FAILED'],
  ])('that LiveKit answers with %i %s fail with %i %s', async (status, code, ourStatus, ourCode) => {
    livekit.failNext({ status, code });
    const response = await fetch(`${service.url}/team/rooms`);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toEqual([ourStatus, expect.objectContaining({ code: ourCode })]);
    expect(text).not.toContain('hunter2');
  });

  it('fail with 404 for what is not there, and leave the SDK its own error as the cause', async () => {
    expect(await get('/team/rooms/a/nobody')).toEqual([404, 'LIVEKIT_NOT_FOUND']);
    const failure: unknown = await service.app
      .get(RoomServiceClient)
      .deleteRoom('none')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemException);
    expect((failure as ProblemException).cause).toBeInstanceOf(ServerError);
    expect((failure as ProblemException).cause).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('fail with 502 where something else answers at that address', async () => {
    livekit.failNext({ text: '<html>Welcome to nginx!</html>' });
    expect(await get('/team/rooms')).toEqual([502, 'LIVEKIT_FAILED']);
  });

  it('fail with 503 after five seconds when LiveKit does not answer', async () => {
    livekit.failNext('hang');
    await holdTimeouts(async (timeouts) => {
      const before = livekit.calls.length;
      const call = get('/team/rooms');
      await eventually(() => livekit.calls.length > before);
      expect(timeouts.lengths).toEqual([5_000]);
      timeouts.elapse();
      expect(await call).toEqual([503, 'LIVEKIT_UNAVAILABLE']);
    });
  });

  it('leave what is wrong with a call of ours as it is', async () => {
    const before = livekit.calls.length;
    const call = service.app
      .get(RoomServiceClient)
      .mutePublishedTrack('a', 'b', TrackSource as unknown as string, true);
    await expect(call).rejects.not.toBeInstanceOf(ProblemException);
    expect(livekit.calls).toHaveLength(before);
  });
});
