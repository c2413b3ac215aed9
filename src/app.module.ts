/** The composition root: the modules of the system, and what every request passes through, in order. */
import { type DynamicModule, Module, ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';

import { AccessRoutesModule } from './access/access-routes.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CallerGuard } from './auth/caller.guard.js';
import { OnlyVerifierModule } from './auth/only-verifier.module.js';
import { EnvironmentModule } from './config/environment.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { BodyGuard } from './validation/body.guard.js';
import { ErrorsModule } from './errors/errors.module.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { VALIDATION_OPTIONS } from './validation/validation.options.js';
import { JourneyModule } from './journey/journey.module.js';
import { liveKitOptions } from './livekit/livekit.environment.js';
import { LiveKitModule } from './livekit/livekit.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { PlaygroundModule } from './playground/playground.module.js';
import { AddressLimitGuard } from './rate-limit/address-limit.guard.js';
import { CallerLimitGuard } from './rate-limit/caller-limit.guard.js';
import { RateLimitModule } from './rate-limit/rate-limit.module.js';
import { RedisClient } from './redis/redis.client.js';
import { RedisModule } from './redis/redis.module.js';
import { RulesModule } from './rules/rules.module.js';
import { AccessModule } from './access/access.module.js';
import type { Extensions } from './service.options.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { TokenRoutesModule } from './token/token-routes.module.js';
import { tokenOptions } from './token/token.environment.js';
import { TokenModule } from './token/token.module.js';
import { ParticipantTracesModule } from './webhook/participant-traces.module.js';
import { WebhookRoutesModule } from './webhook/webhook-routes.module.js';
import { webhookOptions } from './webhook/webhook.environment.js';
import { WebhookModule } from './webhook/webhook.module.js';

@Module({
  imports: [
    EnvironmentModule,
    EventsModule,
    TelemetryModule,
    LoggingModule,
    ErrorsModule,
    AuthModule,
    LiveKitModule.forRootAsync({ inject: [ConfigService], useFactory: liveKitOptions }),
    RateLimitModule,
    RulesModule,
    AccessModule,
    TokenModule.registerAsync({
      imports: [AccessModule, ParticipantTracesModule],
      inject: [ConfigService],
      useFactory: tokenOptions,
    }),
    TokenRoutesModule,
    AccessRoutesModule,
    JourneyModule,
    WebhookModule.registerAsync({
      imports: [RedisModule, ParticipantTracesModule],
      inject: [ConfigService, RedisClient],
      useFactory: webhookOptions,
    }),
    WebhookRoutesModule,
    HealthModule,
    MetricsModule,
    OpenApiModule,
    PlaygroundModule,
  ],
  providers: [
    // Before these: app.setup.ts (request id, headers, CORS, parsers). After them: the handler.
    { provide: APP_GUARD, useClass: AddressLimitGuard },
    { provide: APP_GUARD, useClass: CallerGuard },
    { provide: APP_GUARD, useClass: CallerLimitGuard },
    { provide: APP_GUARD, useClass: BodyGuard },
    { provide: APP_PIPE, useValue: new ValidationPipe(VALIDATION_OPTIONS) },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class AppModule {
  /** The whole system with a team's modules. `configure` is not called: `startService` does that. */
  static register({ modules = [], authentication }: Partial<Extensions> = {}): DynamicModule {
    const verifier = authentication ? [OnlyVerifierModule.of(authentication)] : [];
    return { module: AppModule, imports: [...verifier, ...modules] };
  }
}
