import { Module } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import { LiveKitModule } from '../livekit/livekit.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { RevocationLog } from '../revocations/revocation.log.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { RulesModule } from '../rules/rules.module.js';

import { AccessService } from './access.service.js';
import { ADMISSION_EVICTED } from './access-events.js';
import { AdmissionStore } from './admission.store.js';
import { Enforcement } from './enforcement.service.js';
import { LocalAdmissionStore } from './local-admission.store.js';

function storeFor(revocations: RevocationLog, events: EventEmitter2): AdmissionStore {
  return new LocalAdmissionStore(revocations, () => events.emit(ADMISSION_EVICTED));
}

@Module({
  imports: [LiveKitModule, PolicyModule, RulesModule, RevocationsModule],
  providers: [
    { provide: AdmissionStore, inject: [RevocationLog, EventEmitter2], useFactory: storeFor },
    Enforcement,
    AccessService,
  ],
  exports: [AccessService, AdmissionStore, RevocationsModule],
})
export class AccessModule {}
