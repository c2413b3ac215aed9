/** What we depend on, and whether it is there. */
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';

import { Dependencies } from './dependencies.service.js';

@Module({
  imports: [DiscoveryModule],
  providers: [Dependencies, HealthIndicatorService],
  exports: [Dependencies],
})
export class DependenciesModule {}
