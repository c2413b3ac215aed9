import { Reflector } from '@nestjs/core';

/** Opens a handler, controller or gateway to callers who are not verified. */
export const Public = Reflector.createDecorator<void, true>({ transform: () => true });
