import type { LiveKitEvent, LiveKitEventName } from './livekit-event.js';

export interface ListenerOptions {
  /**
   * `false`: an error of the method is logged and counted, and the webhook gets 200. `true`: it gets
   * 503, LiveKit sends the event again, up to 4 times within 15 s, and the method is called again. It must be idempotent.
   *
   * @default false
   */
  readonly mustSucceed?: boolean;
}

/** Metadata of a method, one entry for each use of the decorator. */
export interface ListenerMark {
  readonly events: readonly (LiveKitEventName | '*')[];
  readonly mustSucceed: boolean;
}

const MARKS = Symbol('OnLiveKitEvent');

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Calls the method with LiveKit's webhooks of these names. `*` stands for all, also for names that the SDK does not know yet. Works on
 * any provider or controller of an imported module. LiveKit sends no further event of the room until the method has returned (5 s at
 * most): put long work into a queue.
 *
 * @example
 * @OnLiveKitEvent('participant_joined')
 * joined({ room, participant }: LiveKitEvent<'participant_joined'>): void {}
 */
export function OnLiveKitEvent<const Name extends LiveKitEventName | '*'>(
  events: Name | readonly Name[],
  { mustSucceed = false }: ListenerOptions = {},
): ListenerOf<LiveKitEvent<Name>> {
  const mark: ListenerMark = { events: typeof events === 'string' ? [events] : events, mustSucceed };
  return (_target, _name, { value: method }) => {
    if (method !== undefined) Reflect.defineMetadata(MARKS, [...listenerMarksOf(method), mark], method);
  };
}

/** The metadata of a method; empty for any other value. */
export function listenerMarksOf(method: unknown): readonly ListenerMark[] {
  return typeof method === 'function' ? ((Reflect.getMetadata(MARKS, method) as ListenerMark[] | undefined) ?? []) : [];
}
