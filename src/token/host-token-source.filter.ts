import { Catch, Inject } from '@nestjs/common';
import type { Request } from 'express';

import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { ErrorTexts } from '../errors/error-texts.service.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { AdmissionService } from './admission.service.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { askedFor } from './token-source.translation.js';

/** Errors of the standard token endpoint in a host application: problem+json, and published as refusals. */
@Catch()
export class HostTokenSourceFilter extends ProblemFilter {
  constructor(
    formats: ErrorFormatRegistry,
    texts: ErrorTexts,
    @Inject(HOST_TOKEN_ROUTES) private readonly routes: HostTokenRoutes,
    private readonly admissions: AdmissionService,
  ) {
    super(formats, texts);
  }

  protected override formatOf({ caller }: Request): Omit<ErrorFormat, 'path'> {
    const { tokenSourcePath = '' } = this.routes;
    return {
      onError: (problem, request, error) =>
        this.admissions.refused(tokenSourcePath, error, problem, { caller, ...askedFor(request) }),
    };
  }
}
