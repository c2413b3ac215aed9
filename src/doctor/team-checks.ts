import type { DynamicModule } from '@nestjs/common';
import { DiscoveryService, NestFactory } from '@nestjs/core';

import { ServerAdapter } from '../server/server.adapter.js';

import { DoctorCheck, type DoctorCheckProvider } from './doctor-check.decorator.js';
import { type CheckedFinding, findingsOf } from './doctor.service.js';
import { fault } from './finding.js';

/**
 * Yields the findings of the checks in a team's modules. The system is created, since checks inject its services, and not initialized:
 * no lifecycle hook runs and nothing listens.
 */
export async function* examineTeam(system: DynamicModule): AsyncGenerator<CheckedFinding> {
  try {
    const app = await NestFactory.create(system, new ServerAdapter(), { logger: false, abortOnError: false });
    const discovery = app.get(DiscoveryService, { strict: false });
    const named = discovery
      .getProviders({ metadataKey: DoctorCheck.KEY })
      .map((wrapper) => ({ wrapper, check: discovery.getMetadataByDecorator(DoctorCheck, wrapper) ?? '' }))
      .sort((one, other) => one.check.localeCompare(other.check));
    for (const { wrapper, check } of named) {
      const { instance } = wrapper as { instance?: DoctorCheckProvider };
      if (typeof instance?.run !== 'function' || !/^[a-z][a-z0-9_-]*$/.test(check)) {
        yield { check: 'extensions', ...fault(`${String(wrapper.name)} is not a check.`, NO_CHECK) };
      } else {
        for (const finding of await findingsOf(instance, 'See the code of the check.')) yield { check, ...finding };
      }
    }
    await app.close();
  } catch (error) {
    // By name only: an unexpected message could contain a secret.
    const name = error instanceof Error ? error.name : typeof error;
    yield { check: 'extensions', ...fault(`The modules of the extensions cannot be created (${name}).`, START) };
  }
}

const NO_CHECK = 'Mark singletons with run() by @DoctorCheck("name"), a name of lower case letters, digits, _ and -.';
const START = 'The start of the service says why.';
