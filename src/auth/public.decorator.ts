/** Opens a handler or controller to everybody; without it a route is closed as soon as callers are verified. */
import { Reflector } from '@nestjs/core';

export const Public = Reflector.createDecorator<void, true>({ transform: () => true });
