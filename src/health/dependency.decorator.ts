/** Marks a provider that can tell whether something we depend on is there; any imported module may bring one. */
import { DiscoveryService } from '@nestjs/core';

/** What a provider marked `@Dependency('name')` implements, in a file called `thing.health.ts`. */
export interface HealthCheck {
  /** False where nothing is configured that could be asked, which is then not reported; without it: true. */
  readonly configured?: boolean;
  /**
   * Returns if the dependency is there, and throws if not; the log has what was thrown, and no client sees it. Asked every
   * few seconds at most, and given two before the signal is aborted and the dependency taken for not there.
   */
  check(signal: AbortSignal): void | Promise<void>;
}

/** Takes the name to report it by: lower case letters, digits, `_` and `-`. */
export const Dependency = DiscoveryService.createDecorator<string>();
