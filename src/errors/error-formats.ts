/** Where a route promises its clients another form of failure, or wants to hear of each: looked up by path, since failures
 * before routing have no handler to ask. */
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';

import type { Problem } from './problem.js';

export interface ErrorFormat {
  /** The path, which the format covers with all that is below it. Lower case, no slash at the end. */
  readonly path: string;
  /** Writes the failure in the route's own form; without it, it is problem+json. */
  renderError?(problem: Problem, response: Response): void;
  /** Hears of every failure on its way out, whatever its cause. */
  onError?(problem: Problem, request: Request): void;
}

@Injectable()
export class ErrorFormats {
  private readonly formats: ErrorFormat[] = [];

  add(format: ErrorFormat): void {
    this.formats.push(format);
  }

  /** The format of a path as Express would route it: whatever the case, with or without a slash at the end. */
  of(path: string): ErrorFormat | undefined {
    const asked = `${path.toLowerCase()}/`;
    return this.formats.find((format) => asked.startsWith(`${format.path}/`));
  }
}
