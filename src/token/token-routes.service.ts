import { Injectable, type OnModuleInit, VersioningType } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, ModuleRef } from '@nestjs/core';

import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';

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
    private readonly application: ApplicationConfig,
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
    const format: Omit<ErrorFormat, 'path'> = {
      ...(writer && { renderError: (problem, response) => writer.renderError(problem, response) }),
      onError: (problem, request, error) =>
        this.admissions.refused(path, error, problem, { caller: request.caller, ...asked?.(request) }),
    };
    for (const before of this.pathsBefore()) this.formats.add({ ...format, path: before + path });
  }

  /** What may stand before the path of a controller. `configure` of extensions.ts has run. Routes may be excluded from either part. */
  private pathsBefore(): readonly string[] {
    const prefix = this.application.getGlobalPrefix().replaceAll(/^\/|\/$/g, '');
    const versioning = this.application.getVersioning();
    const versions = ['', ...(versioning?.type === VersioningType.URI ? [versionPath(versioning)] : [])];
    const prefixes = prefix === '' ? [''] : ['', `/${prefix}`];
    return prefixes.flatMap((one) => versions.map((other) => one + other));
  }
}

const versionPath = ({ prefix = 'v' }: { readonly prefix?: string | false }): string => `/${prefix || ''}:version`;
