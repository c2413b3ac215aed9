import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { UsageError } from './rules-tool/usage.error.js';
import type { Extensions } from './service.options.js';

/** What a file exports as `extensions`; that of this repository by default. Throws a {@link UsageError} if the file has none. */
export async function extensionsOf(file?: string): Promise<Extensions> {
  if (file === undefined) return (await import('./extensions.js')).extensions;
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${file} does not exist.`);
  const { extensions } = (await import(pathToFileURL(path).href)) as { readonly extensions?: Partial<Extensions> };
  if (!Array.isArray(extensions?.modules)) {
    throw new UsageError(`${file} must export \`extensions\`, an object with \`modules\`.`);
  }
  return { ...extensions, modules: extensions.modules };
}
