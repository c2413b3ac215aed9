import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { readEnvironment } from './environment.js';
import { processEnvironment } from './process-environment.js';

/** Makes the environment available through ConfigService. */
@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      cache: true,
      // ConfigService returns the variables of environment.ts only.
      skipProcessEnv: true,
      ignoreEnvFile: true,
      // `validate` would run on import, before main.ts or a test could catch its error.
      load: [() => ({ ...readEnvironment(processEnvironment()) })],
    }),
  ],
})
export class EnvironmentModule {}
