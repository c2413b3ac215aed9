import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { readEnvironment } from './environment.js';

/** Makes the environment available through ConfigService. No other file reads process.env. */
@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      cache: true,
      // ConfigService returns the variables of environment.ts only.
      skipProcessEnv: true,
      // `validate` would run on import, before main.ts or a test could catch its error.
      load: [() => ({ ...readEnvironment(process.env) })],
    }),
  ],
})
export class EnvironmentModule {}
