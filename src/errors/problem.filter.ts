/** Renders every failure, wherever it was thrown, in the form that its route promises; no other place writes errors. */
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import type { Request, Response } from 'express';

import { type Problem, problemOf } from './problem.js';
import { ProblemException } from './problem.exception.js';
import { currentContext } from '../logging/request-context.js';
import { ErrorFormats } from './error-formats.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Failure');

  constructor(private readonly formats: ErrorFormats) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (isAborted(thrown)) {
      response.destroy();
      return;
    }
    const error = isUnrouted(thrown, request)
      ? new ProblemException('NOT_FOUND', 'There is nothing at this address.')
      : thrown;
    const problem = problemOf(error, currentContext()?.requestId ?? '');
    // A refusal says itself what happened; what nobody foresaw is for the operator alone.
    if (problem.status >= 500) this.logger.error(problem.code, error instanceof Error ? error : String(error));

    const format = this.formats.of(request.path);
    format?.onError?.(problem, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(problem.status).setHeader('Cache-Control', 'no-store');
    if (format?.renderError) format.renderError(problem, response);
    else renderProblem(problem, response);
  }
}

/** The client has gone before its body was whole: there is nothing to judge, and nobody to tell. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'request.aborted';
}

/** Nest's own 404 quotes the address; one that a handler throws says what was not found, and is kept. */
function isUnrouted(error: unknown, request: Request): boolean {
  return error instanceof NotFoundException && request.route === undefined;
}

function renderProblem(problem: Problem, response: Response): void {
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(problem));
}
