/** Knows what we depend on, and asks whether it is there: seldom, for a bounded time, and without making anybody wait. */
import { setTimeout } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { Dependency, type HealthCheck } from './dependency.decorator.js';

/** Bounds in milliseconds. */
const CHECK_TIMEOUT = 2_000;
const FRESH = 5_000;
/** Below the second after which Kubernetes gives up on a probe: a dependency that hangs must not cost us our own health. */
const PATIENCE = 500;

/** Nothing we depend on is `down`: what can be done without it is still done. */
export type DependencyStatus = 'up' | 'degraded';

@Injectable()
export class HealthRegistry implements OnModuleInit {
  private readonly logger = new Logger('Dependencies');
  private readonly checks = new Map<string, HealthCheck>();
  private readonly known = new Map<string, DependencyStatus>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Finds the checks. Stops the start when one cannot be called, or two bear one name. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: Dependency.KEY })) {
      const name = this.discovery.getMetadataByDecorator(Dependency, wrapper) ?? '';
      const provider = `The dependency check ${String(wrapper.name)}`;
      const { instance } = wrapper as { instance?: unknown };
      if (!isCheck(instance)) throw new Error(`${provider} must be a singleton with check().`);
      if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw new Error(`${provider} must have a name like "my-store".`);
      if (this.checks.has(name)) throw new Error(`${provider} bears the name "${name}" of another.`);
      if (instance.configured !== false) this.checks.set(name, instance);
    }
  }

  /** What is known of each dependency at this moment, by its name. */
  async states(): Promise<ReadonlyMap<string, DependencyStatus>> {
    const states = [...this.checks].map(async ([name, check]) => [name, await this.stateOf(name, check)] as const);
    return new Map(await Promise.all(states));
  }

  private stateOf(name: string, check: HealthCheck): Promise<DependencyStatus> {
    const meanwhile = setTimeout(PATIENCE, undefined, { ref: false }).then(() => this.known.get(name) ?? 'degraded');
    return Promise.race([this.ask(name, check), meanwhile]);
  }

  private async ask(name: string, check: HealthCheck): Promise<DependencyStatus> {
    let failure: unknown;
    const { [name]: answer } = await this.indicators
      .check(name)
      .attempt(async ({ signal }) => {
        try {
          await check.check(signal);
        } catch (error) {
          failure = error;
          throw error;
        }
      })
      .withTimeout(CHECK_TIMEOUT)
      .cacheFor(FRESH);
    const status = answer?.status === 'up' ? 'up' : 'degraded';
    this.note(name, status, failure ?? answer?.['message']);
    return status;
  }

  /** One line for a change, none for a state that lasts. */
  private note(name: string, status: DependencyStatus, failure: unknown): void {
    const before = this.known.get(name);
    this.known.set(name, status);
    if (status === before) return;
    if (status === 'degraded') this.logger.warn(`${name} is not there`, failure);
    else if (before !== undefined) this.logger.log(`${name} is there again`);
  }
}

function isCheck(instance: unknown): instance is HealthCheck {
  return typeof (instance as Partial<HealthCheck> | undefined)?.check === 'function';
}
