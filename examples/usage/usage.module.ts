import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { LiveKitModule } from 'livekit-token-service/livekit';

import { HostsModule } from '../hosts/hosts.module.js';

import { Comparison } from './comparison.service.js';
import { Stay } from './stay.entity.js';
import { Stays } from './stays.repository.js';
import { usageConfig, type UsageConfig } from './usage.config.js';
import { UsageController } from './usage.controller.js';
import { UsageListener } from './usage.listener.js';

/** `synchronize` makes the table. In production, use migrations instead. */
function databaseOf({ databaseUrl, file }: UsageConfig): TypeOrmModuleOptions {
  const common = { entities: [Stay], synchronize: true };
  if (databaseUrl !== undefined) return { ...common, type: 'postgres', url: databaseUrl };
  return { ...common, type: 'sqljs', ...(file !== undefined && { location: file, autoSave: true }) };
}

@Module({
  imports: [
    ConfigModule.forFeature(usageConfig),
    // The database of another module needs another name.
    TypeOrmModule.forRootAsync({
      name: 'usage',
      imports: [ConfigModule.forFeature(usageConfig)],
      inject: [usageConfig.KEY],
      useFactory: databaseOf,
    }),
    TypeOrmModule.forFeature([Stay], 'usage'),
    LiveKitModule,
    HostsModule,
  ],
  controllers: [UsageController],
  providers: [Stays, UsageListener, Comparison],
})
export class UsageModule {}
