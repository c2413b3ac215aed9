import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { TokenOptions, TokenModuleRoutes } from './token.options.js';

/** Their names: the builder takes them out of the options. */
const ROUTE_OPTIONS: Record<keyof TokenModuleRoutes, undefined> = {
  path: undefined,
  tokenSourcePath: undefined,
  caller: undefined,
  version: undefined,
  decorators: undefined,
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: TOKEN_OPTIONS } =
  new ConfigurableModuleBuilder<TokenOptions>({ moduleName: 'Token' })
    .setExtras<TokenModuleRoutes>(ROUTE_OPTIONS)
    .build();
