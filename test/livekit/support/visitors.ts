/** Clients that come and go all the time while a suite changes something, and remember whom LiveKit let in and whom it refused. */
import { setTimeout as pause } from 'node:timers/promises';

import { eventually } from '../../../src/testing/eventually.js';

import { claimsOf } from './jwt.js';
import { joinResponse } from './livekit.client.js';
import type { LiveKit } from './livekit.js';
import { requestToken, type Service } from './service.js';

const AT_ONCE = 3;
const BETWEEN_VISITS_MS = 50;

export class Visitors {
  /** Why somebody was not let in. That LiveKit was not there for a while is no reason: a client knocks again. */
  readonly refusals: string[] = [];
  private readonly joins = new Map<unknown, number>();
  private coming = true;
  private readonly visitors: readonly Promise<void>[];

  constructor(
    private readonly service: Service,
    private readonly livekit: LiveKit,
  ) {
    this.visitors = Array.from({ length: AT_ONCE }, (_, index) => this.comeAndGo(`Visitor ${index}`));
  }

  /** How many were let in with a token that this key signed. */
  joinsBy(key: string): number {
    return this.joins.get(key) ?? 0;
  }

  /** Waits for a few more of those. */
  async keepComing(key: string): Promise<void> {
    const before = this.joinsBy(key);
    await eventually(() => this.joinsBy(key) >= before + 2 * AT_ONCE);
  }

  async stop(): Promise<void> {
    this.coming = false;
    await Promise.all(this.visitors);
  }

  private async comeAndGo(name: string): Promise<void> {
    while (this.coming) {
      try {
        const token = await requestToken(this.service, `Room of ${name}`, name);
        while (this.coming && !(await this.isLetIn(token))) await pause(BETWEEN_VISITS_MS);
      } catch (error) {
        this.refusals.push(String(error));
      }
      await pause(BETWEEN_VISITS_MS);
    }
  }

  /** False where LiveKit is not there, or goes away meanwhile; throws whatever else keeps this token out. */
  private async isLetIn(token: string): Promise<boolean> {
    try {
      await joinResponse(this.livekit.url, token);
    } catch (error) {
      if (/ECONNREFUSED|ECONNRESET|socket hang up|ended the connection/.test(String(error))) return false;
      throw error;
    }
    const { iss } = claimsOf(token);
    this.joins.set(iss, this.joinsBy(String(iss)) + 1);
    return true;
  }
}
