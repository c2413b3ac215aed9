/** Where a route promises its clients another form of failure, or wants to hear of each: looked up by path, since failures
 * before routing have no handler to ask. */
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';

import type { Problem } from './problem.js';

export interface RouteContract {
  /** The path, which the contract covers with all that is below it. Lower case, no slash at the end. */
  readonly path: string;
  /** Writes the failure in the route's own form; without it, it is problem+json. */
  renderFailure?(problem: Problem, response: Response): void;
  /** Hears of every failure on its way out, whatever its cause. */
  onFailure?(problem: Problem, request: Request): void;
}

@Injectable()
export class RouteContracts {
  private readonly contracts: RouteContract[] = [];

  add(contract: RouteContract): void {
    this.contracts.push(contract);
  }

  /** The contract of a path as Express would route it: whatever the case, with or without a slash at the end. */
  of(path: string): RouteContract | undefined {
    const asked = `${path.toLowerCase()}/`;
    return this.contracts.find((contract) => asked.startsWith(`${contract.path}/`));
  }
}
