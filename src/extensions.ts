/** The one file of ours that a team edits: its own modules, and its own source of identity. */
import type { ModuleMetadata } from '@nestjs/common';

import type { Authentication } from './auth/auth.module.js';

export interface Extensions {
  /** A team's modules. */
  readonly modules: NonNullable<ModuleMetadata['imports']>;
  /** Verifies every caller instead of AUTH_MODE, when given. */
  readonly authentication?: Authentication;
}

export const extensions: Extensions = {
  modules: [],
};
