import type { HostRoute } from '../server/host-route.js';
import { normalPath } from '../server/host-route.js';

import type { TokenModuleRoutes } from './token.options.js';

/** What the routes of a host application inject. Paths have a slash in front and none at the end. */
export interface HostTokenRoutes extends Pick<HostRoute, 'version' | 'decorators'> {
  readonly path?: string | undefined;
  readonly tokenSourcePath?: string | undefined;
  readonly caller: NonNullable<TokenModuleRoutes['caller']>;
}

export const HOST_TOKEN_ROUTES = Symbol('HOST_TOKEN_ROUTES');

/** Undefined without a path. Throws if nothing says who calls: the caller would choose their identity. */
export function hostTokenRoutes({
  path,
  tokenSourcePath,
  caller,
  version,
  decorators,
}: TokenModuleRoutes): HostTokenRoutes | undefined {
  if (path === undefined && tokenSourcePath === undefined) return undefined;
  if (typeof caller !== 'function') {
    throw new Error('TokenModule: caller must be a function or a class; its identity is that of the token.');
  }
  return {
    path: path === undefined ? undefined : normalPath(path),
    tokenSourcePath: tokenSourcePath === undefined ? undefined : normalPath(tokenSourcePath),
    caller,
    version,
    decorators,
  };
}
