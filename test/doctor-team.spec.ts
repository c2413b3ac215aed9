/** Checks of a team's modules in `npm run doctor`. */
import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { RoomServiceClient } from 'livekit-server-sdk';

import { AppModule } from '../src/app.module.js';
import { DoctorCheck, type DoctorCheckProvider } from '../src/doctor/doctor-check.decorator.js';
import type { CheckedFinding } from '../src/doctor/doctor.service.js';
import { fault, type Finding, ok, warning } from '../src/doctor/finding.js';
import { examineTeam } from '../src/doctor/team-checks.js';
import { LiveKitModule } from '../src/livekit/livekit.module.js';

import { setEnvironment } from '../src/testing/environment.js';

let initialized = false;

@Injectable()
@DoctorCheck('bookings')
class BookingsCheck implements DoctorCheckProvider, OnModuleInit {
  constructor(private readonly rooms: RoomServiceClient) {}

  onModuleInit(): void {
    initialized = true;
  }

  run(): Finding[] {
    return [ok(`They have a ${typeof this.rooms.listRooms}.`), warning('They are slow.', 'Ask for a faster disk.')];
  }
}

@Injectable()
@DoctorCheck('broken')
class BrokenCheck implements DoctorCheckProvider {
  run(): Promise<Finding[]> {
    return Promise.reject(new RangeError('hunter2'));
  }
}

@Injectable()
@DoctorCheck('Not a word')
class Unnamed implements DoctorCheckProvider {
  run(): Finding[] {
    return [fault('hunter2', 'hunter2')];
  }
}

@Injectable()
class Impossible {
  constructor() {
    throw new TypeError('hunter2');
  }
}

@Module({ imports: [LiveKitModule], providers: [BookingsCheck, BrokenCheck, Unnamed] })
class BookingsModule {}

@Module({ providers: [Impossible, BrokenCheck] })
class ImpossibleModule {}

async function findingsOf(module: new () => object): Promise<CheckedFinding[]> {
  setEnvironment({});
  const findings: CheckedFinding[] = [];
  for await (const finding of examineTeam(AppModule.register({ modules: [module] }))) findings.push(finding);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
  return findings;
}

describe('the checks of a team', () => {
  it('are run with what they inject, and without lifecycle hooks', async () => {
    expect(await findingsOf(BookingsModule)).toMatchObject([
      { check: 'bookings', level: 'ok', found: 'They have a function.' },
      { check: 'bookings', level: 'warning', found: 'They are slow.', advice: 'Ask for a faster disk.' },
      { check: 'broken', level: 'fault', found: expect.stringContaining('RangeError') },
      { check: 'extensions', level: 'fault', found: 'Unnamed is not a check.' },
    ]);
    expect(initialized).toBe(false);
  });

  it('are a fault if their module cannot be created', async () => {
    expect(await findingsOf(ImpossibleModule)).toMatchObject([
      { check: 'extensions', level: 'fault', found: expect.stringContaining('(TypeError)') },
    ]);
  });
});
