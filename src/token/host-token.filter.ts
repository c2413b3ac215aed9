import { Catch, Inject } from '@nestjs/common';

import { ErrorTexts } from '../errors/error-texts.service.js';
import { onlyFormat } from '../errors/only-format.js';
import { ProblemFilter } from '../errors/problem.filter.js';

import { AdmissionService } from './admission.service.js';
import { HOST_TOKEN_ROUTES, type HostTokenRoutes } from './host-token-routes.js';
import { OpenViduFormat } from './openvidu.format.js';
import { askedFor } from './openvidu.translation.js';

/** Errors of the token route in a host application: in the format of the route, and published as refusals. */
@Catch()
export class HostTokenFilter extends ProblemFilter {
  constructor(
    texts: ErrorTexts,
    @Inject(HOST_TOKEN_ROUTES) { path = '' }: HostTokenRoutes,
    admissions: AdmissionService,
    format: OpenViduFormat,
  ) {
    const formats = onlyFormat({
      renderError: (problem, response) => format.renderError(problem, response),
      onError: (problem, request, error) =>
        admissions.refused(path, error, problem, { caller: request.caller, ...askedFor(request) }),
    });
    super(formats, texts);
  }
}
