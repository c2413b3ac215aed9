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
      // Between SIGTERM and the close of the server, readiness is 503 and requests are served.
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
