import type { ModuleMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';

import type { Authentication } from './auth/only-verifier.module.js';

/** What a team adds to the service. */
export interface Extensions {
  /** A team's modules. */
  readonly modules: NonNullable<ModuleMetadata['imports']>;
  /**
   * Configures the application before it listens: a WebSocket adapter, static assets, versioning. The service's own
   * middleware comes first.
   */
  configure?(app: NestExpressApplication): void | Promise<void>;
  /**
   * Verifies every caller, also with `AUTH_MODE=none`.
   *
   * @deprecated Mark the verifier `@CallerVerifier()` and provide it in one of `modules`. Removed in the next release.
   */
  readonly authentication?: Authentication;
}
