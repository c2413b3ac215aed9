/** Marks a method that LiveKit's events are handed to, of any provider or controller of an imported module. */
import type { LiveKitEvent, LiveKitEventName } from './livekit-event.js';

export interface ListenerOptions {
  /**
   * Without it the method does its best: what it throws is logged and counted, and LiveKit does not hear of it. With it
   * LiveKit sends the event again when the method has thrown, up to four times within 15 seconds, and the method is called
   * again: it has to bear that.
   */
  readonly mustSucceed?: boolean;
}

/** What the decorator leaves at a method, for each time that it was applied. */
export interface ListenerMark {
  readonly events: readonly LiveKitEventName[];
  readonly mustSucceed: boolean;
}

const MARKS = Symbol('OnLiveKitEvent');

type ListenerOf<Event> = <Method extends (event: Event) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** LiveKit waits for the answer, and the answer for the method: what takes long goes into a queue of your own. */
export function OnLiveKitEvent<const Name extends LiveKitEventName>(
  events: Name | readonly Name[],
  { mustSucceed = false }: ListenerOptions = {},
): ListenerOf<LiveKitEvent<Name>> {
  const mark: ListenerMark = { events: typeof events === 'string' ? [events] : events, mustSucceed };
  return (_target, _name, { value: method }) => {
    if (method !== undefined) Reflect.defineMetadata(MARKS, [...listenerMarksOf(method), mark], method);
  };
}

/** The marks of a method; none for whatever else may be handed in. */
export function listenerMarksOf(method: unknown): readonly ListenerMark[] {
  return typeof method === 'function' ? ((Reflect.getMetadata(MARKS, method) as ListenerMark[] | undefined) ?? []) : [];
}
