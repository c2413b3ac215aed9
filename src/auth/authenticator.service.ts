import { HttpException, Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { DiscoveryService } from '@nestjs/core';
import type { Request } from 'express';

import { EnvironmentError } from '../config/environment.error.js';
import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';
import { inSpan } from '../telemetry/tracing.js';
import { RevocationLog } from '../revocations/revocation.log.js';

import { CallerVerifier } from './caller-verifier.decorator.js';
import type { VerifiedCaller } from './caller.js';
import { OidcTokenVerifier } from './oidc-token.verifier.js';
import { TokenVerifier } from './token.verifier.js';

/** The injection token of `Extensions.authentication`. */
export const ONLY_VERIFIER = Symbol('only verifier');

const OPEN_BY_DEFAULT =
  'AUTH_MODE is not set: anyone who can reach this service can join any room under any name. ' +
  'Set AUTH_MODE to oidc, or to none if that is intended.';

/** Finds out who sends a request, by all verifiers in order. For guards of other transports too, such as WebSocket gateways. */
@Injectable()
export class Authenticator implements OnModuleInit {
  private readonly logger = new Logger('Authenticator');
  private readonly mode: Environment['AUTH_MODE'];
  private readonly modeForgotten: boolean;
  private verifiers: readonly TokenVerifier[] = [];

  constructor(
    config: ConfigService<Environment, true>,
    private readonly discovery: DiscoveryService,
    private readonly oidc: OidcTokenVerifier,
    private readonly revocations: RevocationLog,
    @Optional() @Inject(ONLY_VERIFIER) private readonly only?: TokenVerifier,
  ) {
    this.mode = config.get('AUTH_MODE', { infer: true });
    this.modeForgotten = config.get('AUTH_MODE_FORGOTTEN', { infer: true });
  }

  /** Finds the verifiers. Throws if one cannot be called, or if AUTH_MODE is `custom` and there is none. */
  onModuleInit(): void {
    const found = this.registered();
    const names = found.map(({ name }) => name);
    if (this.mode === 'none') {
      if (names.length > 0) this.logger.warn('AUTH_MODE is none: these verifiers are not used', { verifiers: names });
    } else {
      this.verifiers = found.map(({ verifier }) => verifier);
      if (names.length > 0) this.logger.log('Verifiers of callers, in order', { verifiers: names });
    }
    if (this.only !== undefined) {
      this.logger.warn('Extensions.authentication is deprecated: mark the verifier @CallerVerifier() instead');
      this.verifiers = [...this.verifiers, this.only];
    }
    if (this.mode === 'custom' && this.verifiers.length === 0) {
      const message = 'must be none or oidc: no imported module has a provider marked @CallerVerifier()';
      throw new EnvironmentError([{ variable: 'AUTH_MODE', message }]);
    }
    if (this.mode === 'oidc') this.verifiers = [...this.verifiers, this.oidc];
    if (!this.enabled && this.modeForgotten) this.logger.warn(OPEN_BY_DEFAULT);
  }

  /** False if every caller is anonymous. */
  get enabled(): boolean {
    return this.verifiers.length > 0;
  }

  /** Throws a problem with the code AUTHENTICATION_REQUIRED, INVALID_TOKEN or AUTHENTICATION_UNAVAILABLE, or that of a verifier. */
  authenticate(request: Request): Promise<VerifiedCaller> {
    return inSpan('authenticate caller', {}, () => this.authenticated(request));
  }

  private async authenticated(request: Request): Promise<VerifiedCaller> {
    let presented = false;
    for (const verifier of this.verifiers) {
      const credential = verifier.credentialOf(request);
      if (credential === undefined) continue;
      presented = true;
      let caller: VerifiedCaller | undefined;
      try {
        caller = await verifier.verify(credential, request);
      } catch (error) {
        if (error instanceof HttpException) throw error;
        throw new ProblemException('AUTHENTICATION_UNAVAILABLE', undefined, { cause: error });
      }
      if (caller === undefined) continue;
      if (this.revocations.revokesCaller(caller)) throw new ProblemException('INVALID_TOKEN');
      return caller;
    }
    throw new ProblemException(presented ? 'INVALID_TOKEN' : 'AUTHENTICATION_REQUIRED');
  }

  private registered(): { readonly name: string; readonly verifier: TokenVerifier }[] {
    return this.discovery
      .getProviders({ metadataKey: CallerVerifier.KEY })
      .map((wrapper) => {
        const { order = 0 } = this.discovery.getMetadataByDecorator(CallerVerifier, wrapper) ?? {};
        const { instance } = wrapper as { instance?: unknown };
        const name = String(wrapper.name);
        if (!(instance instanceof TokenVerifier)) {
          throw new Error(`The caller verifier ${name} must be a singleton that extends TokenVerifier.`);
        }
        return { name, order, verifier: instance };
      })
      .sort((one, other) => one.order - other.order);
  }
}
