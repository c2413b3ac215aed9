import { HttpException, Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import type { Request } from 'express';

import type { VerifiedCaller } from '../auth/caller.js';
import { ProblemException } from '../errors/problem.exception.js';
import { isFitName } from '../livekit/names.js';

import type { CallerResolver, CallerResolverFunction, ResolvedCaller } from './caller-resolver.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';

/** `caller.issuer` of callers whom a host application has authenticated. */
const ISSUER = 'host';

const INVALID =
  'The caller of a token route must have an identity: well-formed, not blank, at most 256 bytes of UTF-8.';

/** Asks the host application who calls. */
@Injectable()
export class HostCallers implements OnModuleInit {
  private resolve: CallerResolverFunction;

  constructor(
    @Inject(HOST_TOKEN_ROUTES) private readonly routes: HostTokenRoutes,
    private readonly discovery: DiscoveryService,
    private readonly modules: ModuleRef,
  ) {
    this.resolve = () => undefined;
  }

  /** Throws if the class that resolves callers cannot be created, or has no method for it. */
  async onModuleInit(): Promise<void> {
    const { caller } = this.routes;
    if (!isResolverClass(caller)) {
      this.resolve = caller;
      return;
    }
    const isProvided = this.discovery.getProviders().some(({ token }) => token === caller);
    const resolver = isProvided
      ? this.modules.get<CallerResolver>(caller, { strict: false })
      : await this.modules.create(caller);
    if (typeof resolver.resolve !== 'function') throw new Error(`TokenModule: ${caller.name} must have resolve().`);
    this.resolve = (request) => resolver.resolve(request);
  }

  /** Throws UNAUTHORIZED (401), AUTHENTICATION_UNAVAILABLE (503), or the HttpException of the host. */
  async of(request: Request): Promise<VerifiedCaller> {
    const caller = await this.resolved(request);
    if (caller === undefined || caller === null) throw new ProblemException('UNAUTHORIZED');
    const { identity, claims = {} } = caller;
    if (!isFitName(identity)) throw unavailable(new Error(INVALID));
    return { kind: 'verified', issuer: ISSUER, subject: identity, identity, claims, ...nameOf(caller) };
  }

  private async resolved(request: Request): Promise<ResolvedCaller | null | undefined> {
    try {
      return await this.resolve(request);
    } catch (error) {
      throw error instanceof HttpException ? error : unavailable(error);
    }
  }
}

/** The prototype of a class cannot be replaced, unless it was compiled to a function. An arrow function has none. */
function isResolverClass(caller: HostTokenRoutes['caller']): caller is Type<CallerResolver> {
  const { value, writable } = Object.getOwnPropertyDescriptor(caller, 'prototype') ?? {};
  return writable === false || typeof (value as Partial<CallerResolver> | undefined)?.resolve === 'function';
}

function nameOf({ name }: ResolvedCaller): Pick<VerifiedCaller, 'name' | 'nameUnusable'> {
  if (name === undefined || name === null) return {};
  return isFitName(name) ? { name } : { nameUnusable: true };
}

const unavailable = (cause: unknown): ProblemException =>
  new ProblemException('AUTHENTICATION_UNAVAILABLE', undefined, { cause });
