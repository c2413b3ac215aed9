/** Puts a handler or controller under RATE_LIMIT_PER_ADDRESS and RATE_LIMIT_PER_CALLER; all that are marked share one count. */
import { Reflector } from '@nestjs/core';

export const RateLimited = Reflector.createDecorator<void, true>({ transform: () => true });
