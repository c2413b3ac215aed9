/** Marks a handler or controller that needs no authentication. All other routes require it, unless AUTH_MODE is `none`. */
import { Reflector } from '@nestjs/core';

export const Public = Reflector.createDecorator<void, true>({ transform: () => true });
