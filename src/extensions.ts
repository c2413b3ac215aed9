/** The one file of ours that a team edits: its own modules. */
import type { ModuleMetadata } from '@nestjs/common';

/** Imported by the application after our own modules. */
export const extensions: NonNullable<ModuleMetadata['imports']> = [];
