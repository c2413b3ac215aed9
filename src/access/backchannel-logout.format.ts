import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request, Response } from 'express';

import type { Environment } from '../config/environment.js';
import { type ErrorFormat, ErrorFormatRegistry } from '../errors/error-format.registry.js';
import { renderProblem } from '../errors/problem.filter.js';
import type { Problem } from '../errors/problem.js';
import { currentContext } from '../logging/request-context.js';

import { BACKCHANNEL_LOGOUT_PATH } from './access.routes.js';

/**
 * Writes errors as OpenID Connect Back-Channel Logout 1.0, section 2.8, requires: 400 and an OAuth error (RFC 6749, section 5.2).
 * Errors that another attempt may overcome keep their status (503): 400 would tell the provider not to send the token again.
 */
@Injectable()
export class BackchannelLogoutFormat implements ErrorFormat {
  readonly path = `/${BACKCHANNEL_LOGOUT_PATH}`;
  /** RFC 6749, section 5.2: `error_description` is ASCII. */
  readonly isTranslated = false;
  private readonly logger = new Logger('BackchannelLogout');

  constructor(config: ConfigService<Environment, true>, formats: ErrorFormatRegistry) {
    if (config.get('AUTH_MODE', { infer: true }) === 'oidc') formats.add(this);
  }

  renderError(problem: Problem, response: Response): void {
    if (!isLogout(response.req)) {
      renderProblem(problem, response);
      return;
    }
    const { status, error } = oauthErrorOf(problem.status);
    response.status(status).setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ error, error_description: problem.detail }));
  }

  onError({ code, detail }: Problem, request: Request): void {
    if (!isLogout(request)) return;
    const { address } = currentContext() ?? {};
    this.logger.warn('refused', { code, detail, address });
  }
}

/** Other methods of the path do not exist. */
const isLogout = ({ method }: Request): boolean => method === 'POST';

/** The codes of RFC 6749, sections 4.1.2.1 and 5.2. */
export function oauthErrorOf(status: number): { readonly status: number; readonly error: string } {
  if (status === 503) return { status, error: 'temporarily_unavailable' };
  return status >= 500 ? { status, error: 'server_error' } : { status: 400, error: 'invalid_request' };
}
