/** Counts a request against a limit, reports the count in response headers, and refuses requests beyond the limit. */
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';

import { ProblemException } from '../errors/problem.exception.js';

import { type Count, RequestCounter, WINDOW_SECONDS } from './request.counter.js';

export interface RateLimit {
  /** The name of the limit in the headers. Letters only. */
  readonly name: 'address' | 'caller';
  readonly requestsPerMinute: number;
}

@Injectable()
export class RateLimiter {
  constructor(private readonly counter: RequestCounter) {}

  /**
   * Returns true, or throws the problem RATE_LIMITED; synchronously if the counter is synchronous. `key` names the address or caller
   * and is of bounded length.
   */
  admit(response: Response, limit: RateLimit, key: string): true | Promise<true> {
    const count = this.counter.count(`${limit.name}:${key}`, limit.requestsPerMinute);
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
