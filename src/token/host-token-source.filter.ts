import { Catch, Inject } from '@nestjs/common';

import { ErrorTexts } from '../errors/error-texts.service.js';
import { onlyFormat } from '../errors/only-format.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { AdmissionService } from './admission.service.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { askedFor } from './token-source.translation.js';

/** Errors of the standard token endpoint in a host application: problem+json, and published as refusals. */
@Catch()
export class HostTokenSourceFilter extends ProblemFilter {
  constructor(
    texts: ErrorTexts,
    @Inject(HOST_TOKEN_ROUTES) { tokenSourcePath: path = '' }: HostTokenRoutes,
    admissions: AdmissionService,
  ) {
    const formats = onlyFormat({
      onError: (problem, request, error) =>
        admissions.refused(path, error, problem, { caller: request.caller, ...askedFor(request) }),
    });
    super(formats, texts);
  }
}
