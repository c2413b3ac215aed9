import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Environment } from '../config/environment.js';
import { LiveKitModule } from '../livekit/livekit.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { RedisClient } from '../redis/redis.client.js';
import { RedisModule } from '../redis/redis.module.js';
import { RevocationLog } from '../revocations/revocation.log.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { RulesModule } from '../rules/rules.module.js';

import { AccessService } from './access.service.js';
import { ADMISSION_EVICTED } from './access-events.js';
import { AccessLog } from './access.log.js';
import { AdmissionDecisions } from './admission-decisions.service.js';
import { ParticipantListener } from './participant.listener.js';
import { Presence } from './presence.service.js';
import { Reconciliation } from './reconciliation.service.js';
import { Redecision } from './redecision.service.js';
import { RoomAdmins } from './room-admins.service.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { LocalAdmissionStore } from './local-admission.store.js';
import { RedisAdmissionStore } from './redis-admission.store.js';

function storeFor(
  config: ConfigService<Environment, true>,
  redis: RedisClient,
  revocations: RevocationLog,
  events: EventEmitter2,
): AdmissionStore {
  const own = new LocalAdmissionStore(revocations, () => events.emit(ADMISSION_EVICTED));
  const isShared = redis.connection !== undefined && config.get('ACCESS_ENFORCEMENT', { infer: true });
  return isShared ? new RedisAdmissionStore(redis, own, revocations) : own;
}

@Module({
  imports: [LiveKitModule, RedisModule, PolicyModule, RulesModule, RevocationsModule],
  providers: [
    {
      provide: AdmissionStore,
      inject: [ConfigService, RedisClient, RevocationLog, EventEmitter2],
      useFactory: storeFor,
    },
    AdmissionDecisions,
    Enforcement,
    Presence,
    Reconciliation,
    ParticipantListener,
    Redecision,
    AccessService,
    AccessLog,
    RoomAdmins,
  ],
  exports: [AccessService, AdmissionDecisions, AdmissionStore, RevocationsModule, RoomAdmins],
})
export class AccessModule {}
