/** The one file of ours that a team edits: its own modules, and its own source of identity. */
import type { ModuleMetadata } from '@nestjs/common';

import type { Authentication } from './auth/auth.module.js';

/** Imported by the application after our own modules. */
export const modules: NonNullable<ModuleMetadata['imports']> = [];

/** Verifies every caller instead of AUTH_MODE, when given. */
export const authentication: Authentication | undefined = undefined;
