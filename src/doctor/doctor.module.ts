import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { EnvironmentModule } from '../config/environment.module.js';
import { KeyRing } from '../livekit/key-ring.service.js';
import { liveKitOptions } from '../livekit/livekit.environment.js';
import { LIVEKIT_OPTIONS } from '../livekit/livekit.module-definition.js';
import { LiveKitClientFactory } from '../livekit/livekit-client.factory.js';
import { LiveKitTokenService } from '../livekit/livekit-token.service.js';

import { AccessCheck } from './access.check.js';
import { ApiKeyCheck } from './api-key.check.js';
import { ClockCheck } from './clock.check.js';
import type { OwnCheck } from './doctor.check.js';
import { CHECKS, Doctor } from './doctor.service.js';
import { IssuerCheck } from './issuer.check.js';
import { JoinRulesCheck } from './join-rules.check.js';
import { LiveKitReachCheck } from './livekit-reach.check.js';
import { LiveKitUrlCheck } from './livekit-url.check.js';
import { LiveKitProbe } from '../journey/livekit.probe.js';
import { PortCheck } from './port.check.js';
import { RedisCheck } from './redis.check.js';
import { ServerApiCheck } from './server-api.check.js';
import { WebhookCheck } from './webhook.check.js';

const IN_ORDER = [
  PortCheck,
  JoinRulesCheck,
  LiveKitUrlCheck,
  LiveKitReachCheck,
  ClockCheck,
  ApiKeyCheck,
  ServerApiCheck,
  WebhookCheck,
  AccessCheck,
  IssuerCheck,
  RedisCheck,
];

/** The checks of `npm run doctor`, in their order. Does not start the service. */
@Module({
  imports: [EnvironmentModule],
  providers: [
    { provide: LIVEKIT_OPTIONS, inject: [ConfigService], useFactory: liveKitOptions },
    KeyRing,
    LiveKitTokenService,
    LiveKitClientFactory,
    LiveKitProbe,
    Doctor,
    ...IN_ORDER,
    { provide: CHECKS, useFactory: (...checks: OwnCheck[]) => checks, inject: IN_ORDER },
  ],
})
export class DoctorModule {}
