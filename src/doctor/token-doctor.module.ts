import { type DynamicModule, Module } from '@nestjs/common';

import { OidcProviders } from '../auth/oidc-providers.service.js';
import { EnvironmentModule } from '../config/environment.module.js';

import type { OwnCheck } from './doctor.check.js';
import { CHECKS, Doctor } from './doctor.service.js';
import { IssuerCheck } from './issuer.check.js';
import { JoinRulesCheck } from './join-rules.check.js';
import { TOKEN_FILE, TokenCheck } from './token.check.js';

const IN_ORDER = [JoinRulesCheck, IssuerCheck, TokenCheck];

/** `npm run doctor -- --token FILE`: the checks that concern one access token. */
@Module({})
export class TokenDoctorModule {
  /** `-` is standard input. */
  static of(file: string): DynamicModule {
    return {
      module: TokenDoctorModule,
      imports: [EnvironmentModule],
      providers: [
        Doctor,
        OidcProviders,
        ...IN_ORDER,
        { provide: TOKEN_FILE, useValue: file },
        { provide: CHECKS, useFactory: (...checks: OwnCheck[]) => checks, inject: IN_ORDER },
      ],
    };
  }
}
