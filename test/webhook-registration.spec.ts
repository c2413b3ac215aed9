/** Which methods may listen to LiveKit, and which stop the start instead of being called twice or never. */
import { Injectable, Module, type ModuleMetadata, Scope } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import type { LiveKitEvent } from '../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';
import { eventBody, sendWebhook } from '../src/testing/webhook-sender.js';

const calls: string[] = [];

class Greeter {
  @OnLiveKitEvent(['participant_joined', 'participant_left'])
  greet(event: LiveKitEvent<'participant_joined' | 'participant_left'>): void {
    calls.push(`greet ${event.id}`);
  }
}

class Greedy extends Greeter {
  @OnLiveKitEvent('participant_joined')
  override greet(event: LiveKitEvent<'participant_joined'>): void {
    calls.push(`greedy ${event.id}`);
  }
}

class Twice {
  @OnLiveKitEvent('*')
  @OnLiveKitEvent('participant_joined')
  hear(event: LiveKitEvent<'*'>): void {
    calls.push(`heard ${event.id}`);
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends Greeter {}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends Greeter {}

/** Starts with a module for each of these lists of providers. */
const startWith = (...providers: NonNullable<ModuleMetadata['providers']>[]): Promise<RunningApp> => {
  const modules = providers.map((provided) => {
    @Module({ providers: provided })
    class AModule {}
    return AModule;
  });
  return startApp({}, { modules });
};

describe('methods marked @OnLiveKitEvent()', () => {
  it('stop the start: provided twice', async () => {
    await expect(startWith([Greeter], [Greeter])).rejects.toThrow(/Greeter\.greet is registered twice for part/);
  });

  it('stop the start: for a name and for all names', async () => {
    await expect(startWith([Twice])).rejects.toThrow(/Twice\.hear is registered twice for/);
  });

  it.each([
    ['made for each request', PerRequest],
    ['made for each that injects it', Transient],
  ])('stop the start: %s', async (_what, Listener) => {
    await expect(startWith([Listener])).rejects.toThrow(/must be of a singleton/);
  });

  it('may be inherited, and replaced by what overrides them', async () => {
    const service = await startWith([Greedy]);
    const content = { room: { name: 'a' }, participant: { sid: 'PA_1' } };
    await sendWebhook(service.url, eventBody('participant_joined', content, 'EV_1'));
    await sendWebhook(service.url, eventBody('participant_left', content, 'EV_2'));
    expect(calls).toEqual(['greedy EV_1']);
    await service.close();
  });
});
