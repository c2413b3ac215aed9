import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { NextFunction, Request, Response } from 'express';

import { AccessModule } from '../access/access.module.js';
import { AuthModule } from '../auth/auth.module.js';
import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { LiveKitModule } from '../livekit/livekit.module.js';
import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';
import { TokenModule } from '../token/token.module.js';
import { WebhookModule } from '../webhook/webhook.module.js';

import { JourneyController } from './journey.controller.js';
import { JourneyRecorder } from './journey.recorder.js';
import { JourneyService } from './journey.service.js';
import { JourneyStore } from './journey.store.js';
import { LiveKitInspection } from './livekit-inspection.service.js';
import { LocalJourneyStore } from './local-journey.store.js';
import { OperatorJourneyController } from './operator-journey.controller.js';
import { RedisJourneyStore } from './redis-journey.store.js';

function storeWith(redis: RedisClient): JourneyStore {
  const own = new LocalJourneyStore();
  return redis.connection === undefined ? own : new RedisJourneyStore(redis, own);
}

/** What happened to participants, and why they are not in a room. */
@Module({
  imports: [AccessModule, AuthModule, LiveKitModule, RedisModule, TokenModule, WebhookModule],
  controllers: [JourneyController, OperatorJourneyController],
  providers: [
    { provide: JourneyStore, inject: [RedisClient], useFactory: storeWith },
    JourneyRecorder,
    LiveKitInspection,
    JourneyService,
  ],
  exports: [JourneyService],
})
export class JourneyModule implements NestModule {
  constructor(private readonly config: ConfigService<Environment, true>) {}

  configure(consumer: MiddlewareConsumer): void {
    if (this.config.get('AUTH_MODE', { infer: true }) === 'none') consumer.apply(absent).forRoutes(JourneyController);
  }
}

/** Responds as for a path that no route has, before any guard. */
function absent(_request: Request, _response: Response, next: NextFunction): void {
  next(new ProblemException('NOT_FOUND'));
}
