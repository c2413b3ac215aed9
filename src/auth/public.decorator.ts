import { type ReflectableDecorator, Reflector } from '@nestjs/core';

/** Opens a handler, controller or gateway to callers who are not verified. */
export const Public: ReflectableDecorator<void, true> = Reflector.createDecorator<void, true>({
  transform: () => true,
});
