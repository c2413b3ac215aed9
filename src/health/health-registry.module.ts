import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { HealthRegistry } from './health.registry.js';

@Module({
  imports: [DiscoveryModule],
  providers: [HealthRegistry, HealthIndicatorService],
  exports: [HealthRegistry],
})
export class HealthRegistryModule {}
