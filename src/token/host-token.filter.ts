import { Catch, Inject } from '@nestjs/common';
import type { Request } from 'express';

import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { ErrorTexts } from '../errors/error-texts.service.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { AdmissionService } from './admission.service.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { OpenViduFormat } from './openvidu.format.js';
import { askedFor } from './openvidu.translation.js';

/** Errors of the token route in a host application: in the format of the route, and published as refusals. */
@Catch()
export class HostTokenFilter extends ProblemFilter {
  constructor(
    formats: ErrorFormatRegistry,
    texts: ErrorTexts,
    @Inject(HOST_TOKEN_ROUTES) private readonly routes: HostTokenRoutes,
    private readonly admissions: AdmissionService,
    private readonly format: OpenViduFormat,
  ) {
    super(formats, texts);
  }

  protected override formatOf({ caller }: Request): Omit<ErrorFormat, 'path'> {
    const { path = '' } = this.routes;
    return {
      renderError: (problem, response) => this.format.renderError(problem, response),
      onError: (problem, request, error) =>
        this.admissions.refused(path, error, problem, { caller, ...askedFor(request) }),
    };
  }
}
