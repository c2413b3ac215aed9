/** One middleware of several does what Express does with each of them. */
import { describe, expect, it } from '@jest/globals';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { inTurn } from './in-turn.js';

const [request, response] = [{} as Request, {} as Response];

function run(...middleware: readonly RequestHandler[]): unknown[] {
  const ends: unknown[] = [];
  void inTurn(...middleware)(request, response, ((error?: unknown) => ends.push(error)) as NextFunction);
  return ends;
}

describe('middleware in turn', () => {
  it('is called in order, with the same request, and goes on at the end', () => {
    const calls: unknown[] = [];
    const note =
      (name: string, sign?: null): RequestHandler =>
      (asked, answer, next) => {
        calls.push([name, asked === request, answer === response]);
        (next as (error?: unknown) => void)(sign);
      };
    expect(run(note('a'), note('b', null), note('c'))).toEqual([undefined]);
    expect(calls).toEqual(['a', 'b', 'c'].map((name) => [name, true, true]));
  });

  it.each([
    ['a fault', new Error('no')],
    ["Express's word for leaving the route", 'route'],
  ])('ends with %s, which the rest does not see', (_what, error) => {
    const never: RequestHandler = () => {
      throw new Error('was called');
    };
    expect(run((_request, _response, next) => next(error), never)).toEqual([error]);
  });

  it('ends where one answers, or throws', () => {
    const never: RequestHandler = () => {
      throw new Error('was called');
    };
    expect(run(() => undefined, never)).toEqual([]);
    expect(() => run((_request, _response, next) => next(), never)).toThrow('was called');
  });
});
