import { Module } from '@nestjs/common';

import { RedisModule } from '../redis/redis.module.js';

import { ParticipantTraces } from './participant-traces.service.js';

@Module({ imports: [RedisModule], providers: [ParticipantTraces], exports: [ParticipantTraces] })
export class ParticipantTracesModule {}
