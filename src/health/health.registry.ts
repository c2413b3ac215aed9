import { setTimeout } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { Dependency, type HealthCheck } from './dependency.decorator.js';

const CHECK_TIMEOUT_MS = 2_000;
const CACHE_MS = 5_000;
/** How long a probe waits for a check. Kubernetes probes time out after 1 s by default. */
const PROBE_WAIT_MS = 500;

/** No dependency is `down`: requests that do not need it are still served. */
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

  /** Collects the providers marked `@Dependency()`. Throws on an invalid or duplicate name, or a provider without `check()`. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: Dependency.KEY })) {
      const name = this.discovery.getMetadataByDecorator(Dependency, wrapper) ?? '';
      const provider = `The health check ${String(wrapper.name)}`;
      const { instance } = wrapper as { instance?: unknown };
      if (!isCheck(instance)) throw new Error(`${provider} must be a singleton with check().`);
      if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw new Error(`${provider} must have a name like "my-store".`);
      if (this.checks.has(name)) throw new Error(`${provider} has the name "${name}" of another.`);
      if (instance.configured !== false) this.checks.set(name, instance);
    }
  }

  /** The status of each dependency by name, at most 5 s old. Resolves within 500 ms. */
  async states(): Promise<ReadonlyMap<string, DependencyStatus>> {
    const states = [...this.parts()].map(async ([name, check]) => [name, await this.stateOf(name, check)] as const);
    return new Map(await Promise.all(states));
  }

  private *parts(): Generator<[name: string, check: HealthCheck]> {
    for (const [name, check] of this.checks) {
      if (check.parts === undefined) yield [name, check];
      for (const [part, own] of check.parts?.() ?? []) yield [part === '' ? name : `${name}-${part}`, own];
    }
  }

  private stateOf(name: string, check: HealthCheck): Promise<DependencyStatus> {
    const meanwhile = setTimeout(PROBE_WAIT_MS, undefined, { ref: false }).then(
      () => this.known.get(name) ?? 'degraded',
    );
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
      .withTimeout(CHECK_TIMEOUT_MS)
      .cacheFor(CACHE_MS);
    const status = answer?.status === 'up' ? 'up' : 'degraded';
    this.note(name, status, failure ?? answer?.['message']);
    return status;
  }

  /** Logs changes of status only. */
  private note(name: string, status: DependencyStatus, failure: unknown): void {
    const before = this.known.get(name);
    this.known.set(name, status);
    if (status === before) return;
    if (status === 'degraded') this.logger.warn(`${name} is unavailable`, failure);
    else if (before !== undefined) this.logger.log(`${name} is available again`);
  }
}

function isCheck(instance: unknown): instance is HealthCheck {
  return typeof (instance as Partial<HealthCheck> | undefined)?.check === 'function';
}
