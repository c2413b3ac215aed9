import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { EnvironmentModule } from '../config/environment.module.js';
import { KeyRing } from '../livekit/key-ring.service.js';
import { liveKitOptions } from '../livekit/livekit.environment.js';
import { LIVEKIT_OPTIONS } from '../livekit/livekit.module-definition.js';

import { CHECKS, Doctor } from './doctor.service.js';
import { type AskedParticipant, JourneyCheck, PARTICIPANT } from './journey.check.js';

/** `npm run doctor -- --room R --identity I`: why a participant is not in a room. */
@Module({})
export class JourneyDoctorModule {
  static of(participant: AskedParticipant): DynamicModule {
    return {
      module: JourneyDoctorModule,
      imports: [EnvironmentModule],
      providers: [
        Doctor,
        { provide: LIVEKIT_OPTIONS, inject: [ConfigService], useFactory: liveKitOptions },
        KeyRing,
        JourneyCheck,
        { provide: PARTICIPANT, useValue: participant },
        { provide: CHECKS, useFactory: (check: JourneyCheck) => [check], inject: [JourneyCheck] },
      ],
    };
  }
}
