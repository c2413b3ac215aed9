/** Hands the environment to every module through ConfigService; the only place that reads process.env. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { readEnvironment } from './environment.js';

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      cache: true,
      // What is not described in environment.ts is not configuration, whatever else the process was started with.
      skipProcessEnv: true,
      // Not `validate`, which would run on import, before a test or main could catch what it throws.
      load: [() => ({ ...readEnvironment(process.env) })],
    }),
  ],
})
export class EnvironmentModule {}
