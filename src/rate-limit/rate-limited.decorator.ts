/** Limits a handler or controller by RATE_LIMIT_PER_ADDRESS and RATE_LIMIT_PER_CALLER. All marked routes share one count. */
import { Reflector } from '@nestjs/core';

export const RateLimited = Reflector.createDecorator<void, true>({ transform: () => true });
