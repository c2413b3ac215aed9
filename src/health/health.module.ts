/** Are we alive, and fit to serve; and how a stop is announced before it begins. */
import { Logger, Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';

import type { Environment } from '../config/environment.js';
import { HealthRegistryModule } from './health-registry.module.js';

import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

@Module({
  imports: [
    HealthRegistryModule,
    TerminusModule.forRootAsync({
      inject: [ConfigService],
      // On SIGTERM readiness turns red, and the server goes on as before for this long.
      useFactory: (config: ConfigService<Environment, true>) => ({
        gracefulShutdownTimeoutMs: config.get('SHUTDOWN_DELAY', { infer: true }) * 1000,
        logger: new Logger('Shutdown'),
      }),
    }),
  ],
  controllers: [HealthController],
  providers: [ReadinessService],
})
export class HealthModule {}
