/** Counts a request against a limit, reports the count in response headers, and refuses requests beyond the limit. */
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

import { type Count, WINDOW_SECONDS } from './request.counter.js';
import { type RateLimitName, RequestCounters } from './request.counters.js';

export interface RateLimit {
  /** The name of the limit in the headers. Letters only. */
  readonly name: RateLimitName;
  readonly requestsPerMinute: number;
}

@Injectable()
export class RateLimiter {
  constructor(private readonly counters: RequestCounters) {}

  /**
   * Returns true, or throws the problem RATE_LIMITED; synchronously if the counter is synchronous. `key` names the address or caller
   * and is of bounded length.
   */
  admit(response: Response, limit: RateLimit, key: string): true | Promise<true> {
    const count = this.counters[limit.name].count(`${limit.name}:${key}`, limit.requestsPerMinute);
    return count instanceof Promise
      ? count.then((counted) => decide(response, limit, counted))
      : decide(response, limit, count);
  }
}

function decide(
  response: Response,
  { name, requestsPerMinute: limit }: RateLimit,
  { requests, endsInMs }: Count,
): true {
  const seconds = Math.max(1, Math.ceil(endsInMs / 1000));
  addToList(response, 'ratelimit-policy', `"${name}";q=${limit};w=${WINDOW_SECONDS}`);
  addToList(response, 'ratelimit', `"${name}";r=${Math.max(0, limit - requests)};t=${seconds}`);
  if (requests > limit) {
    response.setHeader('retry-after', seconds);
    throw new ProblemException('RATE_LIMITED', { seconds });
  }
  return true;
}

/** draft-ietf-httpapi-ratelimit-headers since version 8: one list with an item for each limit. */
function addToList(response: Response, header: string, item: string): void {
  const others = response.getHeader(header);
  response.setHeader(header, others === undefined ? item : `${String(others)}, ${item}`);
}
