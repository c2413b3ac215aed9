import { type DiscoverableDecorator, DiscoveryService } from '@nestjs/core';

/** A health check: implemented by providers marked `@Dependency('name')`, in files called `thing.health.ts`. */
export interface HealthCheck {
  /**
   * `false`: the dependency is not configured and is not reported.
   *
   * @default true
   */
  readonly configured?: boolean;
  /**
   * For a dependency of several parts: a check for each, instead of `check()`. A part is reported as `<name>-<part>`, or as `<name>` if
   * its key is empty. Called for each report, so parts may come and go.
   */
  parts?(): ReadonlyMap<string, HealthCheck>;
  /**
   * Throws if the dependency is unavailable. The error is logged and not shown to clients. Called at most every 5 s; after 2 s
   * `signal` is aborted and the dependency counts as degraded.
   */
  check(signal: AbortSignal): void | Promise<void>;
}

/**
 * Registers a provider of any imported module as a health check under this name (lower case letters, digits, `_`, `-`).
 *
 * @example
 * @Injectable()
 * @Dependency('bookings')
 * export class BookingsHealth implements HealthCheck {}
 */
export const Dependency: DiscoverableDecorator<string> = DiscoveryService.createDecorator<string>();
