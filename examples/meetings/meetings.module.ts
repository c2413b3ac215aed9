import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';

import { MeetingMember } from './meeting-member.entity.js';
import { Meeting } from './meeting.entity.js';
import { meetingsConfig, type MeetingsConfig } from './meetings.config.js';
import { MeetingsController } from './meetings.controller.js';
import { MeetingsHealth } from './meetings.health.js';
import { MeetingsPolicy } from './meetings.policy.js';
import { MeetingsService } from './meetings.service.js';

/** `synchronize` makes the tables. In production, use migrations instead. */
function databaseOf({ databaseUrl, file }: MeetingsConfig): TypeOrmModuleOptions {
  const common = { entities: [Meeting, MeetingMember], synchronize: true };
  if (databaseUrl !== undefined) return { ...common, type: 'postgres', url: databaseUrl };
  return { ...common, type: 'sqljs', ...(file !== undefined && { location: file, autoSave: true }) };
}

@Module({
  imports: [
    ConfigModule.forFeature(meetingsConfig),
    TypeOrmModule.forRootAsync({
      imports: [ConfigModule.forFeature(meetingsConfig)],
      inject: [meetingsConfig.KEY],
      useFactory: databaseOf,
    }),
    TypeOrmModule.forFeature([Meeting, MeetingMember]),
  ],
  controllers: [MeetingsController],
  providers: [MeetingsService, MeetingsPolicy, MeetingsHealth],
})
export class MeetingsModule {}
