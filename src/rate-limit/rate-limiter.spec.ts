import { ConfigModule } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import type { Response } from 'express';

import { RateLimitModule } from './rate-limit.module.js';
import { RateLimiter } from './rate-limiter.service.js';

/** What the limiter uses of a response. */
function response(): Response {
  const headers = new Map<string, unknown>();
  return {
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: unknown) => headers.set(name, value),
  } as unknown as Response;
}

describe('RateLimiter', () => {
  it('keeps the count of a caller while more addresses call than it counts', async () => {
    const settings = ConfigModule.forRoot({ ignoreEnvFile: true, isGlobal: true });
    const module = await Test.createTestingModule({ imports: [settings, RateLimitModule] }).compile();
    const limiter = module.get(RateLimiter);
    const caller = { name: 'caller', requestsPerMinute: 1 } as const;
    await limiter.admit(response(), caller, 'alice');
    for (let i = 0; i <= 50_000; i += 1) {
      await limiter.admit(response(), { name: 'address', requestsPerMinute: 1 }, `2001:db8:0:${i.toString(16)}::/64`);
    }
    expect(() => limiter.admit(response(), caller, 'alice')).toThrow('Too many requests');
    await module.close();
  });
});
