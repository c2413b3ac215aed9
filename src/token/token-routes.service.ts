import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';

import { ErrorFormatRegistry } from '../errors/error-format.registry.js';

import { AdmissionService } from './admission.service.js';
import { TokenRoute, type TokenRouteMark } from './token-route.decorator.js';

/** Registers the error formats of controllers marked `@TokenRoute()`. */
@Injectable()
export class TokenRoutes implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModuleRef,
    private readonly formats: ErrorFormatRegistry,
    private readonly admissions: AdmissionService,
  ) {}

  /** Throws if a controller names an error format that no module provides. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getControllers({ metadataKey: TokenRoute.MARK.KEY })) {
      const mark = this.discovery.getMetadataByDecorator(TokenRoute.MARK, wrapper);
      if (mark !== undefined) this.add(mark);
    }
  }

  private add({ path, asked, errors }: TokenRouteMark): void {
    const writer = errors && this.modules.get(errors, { strict: false });
    this.formats.add({
      path,
      ...(writer && { renderError: (problem, response) => writer.renderError(problem, response) }),
      onError: (problem, request, error) =>
        this.admissions.refused(path, error, problem, { caller: request.caller, ...asked?.(request) }),
    });
  }
}
