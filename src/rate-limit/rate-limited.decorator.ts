import { type ReflectableDecorator, Reflector } from '@nestjs/core';

/**
 * Puts a handler or controller under RATE_LIMIT_PER_ADDRESS and RATE_LIMIT_PER_CALLER. All that are marked share one count. Messages of a
 * gateway are not counted.
 */
export const RateLimited: ReflectableDecorator<void, true> = Reflector.createDecorator<void, true>({
  transform: () => true,
});
