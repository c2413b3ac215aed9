import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { LiveKitOptions } from './livekit.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: LIVEKIT_OPTIONS } =
  new ConfigurableModuleBuilder<LiveKitOptions>({ moduleName: 'LiveKit' }).setClassMethodName('forRoot').build();
