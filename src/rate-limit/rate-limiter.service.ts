/** Counts a request against a limit, tells the client where it stands, and refuses what is too much. */
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';

import { Refusal } from '../http/refusal.js';

import { RequestCounter, WINDOW_SECONDS } from './request.counter.js';

export interface RateLimit {
  /** What is limited, as clients read it in the headers. Plain letters. */
  readonly name: 'address' | 'caller';
  readonly requestsPerMinute: number;
}

@Injectable()
export class RateLimiter {
  constructor(private readonly counter: RequestCounter) {}

  /** Answers true, as a guard does, or throws the refusal. `key` is one of those that the limit is for, of bounded length. */
  async admit(response: Response, { name, requestsPerMinute: limit }: RateLimit, key: string): Promise<true> {
    const { requests, endsInMs } = await this.counter.count(`${name}:${key}`, limit);
    const seconds = Math.max(1, Math.ceil(endsInMs / 1000));
    addToList(response, 'RateLimit-Policy', `"${name}";q=${limit};w=${WINDOW_SECONDS}`);
    addToList(response, 'RateLimit', `"${name}";r=${Math.max(0, limit - requests)};t=${seconds}`);
    if (requests > limit) {
      response.setHeader('Retry-After', seconds);
      throw new Refusal('RATE_LIMITED', `Too many requests; try again in ${seconds} s.`);
    }
    return true;
  }
}

/** Draft-ietf-httpapi-ratelimit-headers, from its eighth version on: one list with an item for each limit. */
function addToList(response: Response, header: string, item: string): void {
  const others = response.getHeader(header);
  response.setHeader(header, others === undefined ? item : `${String(others)}, ${item}`);
}
