import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import type { LiveKitEvent, LiveKitEventName } from './livekit-event.js';
import { listenerMarksOf } from './on-livekit-event.decorator.js';

export interface LiveKitListener {
  /** `Class.method`, unique for each event. */
  readonly name: string;
  readonly mustSucceed: boolean;
  /** Throws or rejects with the error of the method. */
  readonly call: (event: LiveKitEvent<'*'>) => unknown;
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

@Injectable()
export class LiveKitListeners implements OnModuleInit {
  private readonly logger = new Logger('LiveKitListeners');
  private readonly listeners = new Map<string, LiveKitListener[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Collects the methods marked `@OnLiveKitEvent()`. Throws if one is registered twice for an event or is not of a singleton. */
  onModuleInit(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!wrapper.isAlias) this.addMethodsOf(wrapper);
    }
    this.logger.log('Listeners of LiveKit', { listeners: Object.fromEntries([...this.listeners].map(described)) });
  }

  of(event: string): readonly LiveKitListener[] {
    return [...(this.listeners.get(event) ?? []), ...(this.listeners.get('*') ?? [])];
  }

  private addMethodsOf(wrapper: Wrapper): void {
    const instance = wrapper.instance as Record<string, unknown> | null | undefined;
    if (typeof instance !== 'object' || instance === null) return;
    for (const key of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object | null)) {
      for (const { events, mustSucceed } of listenerMarksOf(instance[key])) {
        const name = `${instance.constructor.name}.${key}`;
        if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
          throw new Error(`The listener ${name} must be of a singleton.`);
        }
        const call = (event: LiveKitEvent<'*'>): unknown => (instance as Callable)[key]?.(event);
        for (const event of events) this.add(event, { name, mustSucceed, call });
      }
    }
  }

  private add(event: LiveKitEventName | '*', listener: LiveKitListener): void {
    const others = event === '*' ? [...this.listeners.values()].flat() : this.of(event);
    if (others.some(({ name }) => name === listener.name)) {
      throw new Error(`The listener ${listener.name} is registered twice for ${event}; provide it in one module.`);
    }
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }
}

type Callable = Record<string, (event: LiveKitEvent<'*'>) => unknown>;

function described([event, listeners]: [string, readonly LiveKitListener[]]): [event: string, listeners: string[]] {
  return [event, listeners.map(({ name, mustSucceed }) => (mustSucceed ? `${name}, must succeed` : name))];
}
