import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import type { Request, Response } from 'express';

import { requestBehind } from '../logging/request-behind.js';
import { currentContext } from '../logging/request-context.js';
import { recordingSpan } from '../telemetry/tracing.js';

import { ErrorFormatRegistry } from './error-format.registry.js';
import { DEFAULT_LANGUAGE, ErrorTexts } from './error-texts.service.js';
import { handOver } from './other-transports.js';
import { type Problem, problemOf } from './problem.js';
import { ProblemException } from './problem.exception.js';
import { translated, type Translation } from './problem.translation.js';

/**
 * Writes every error of every route, in the route's error format or as problem+json. Nest applies it to gateways only if they are
 * marked `@UseFilters(ProblemFilter)`.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Failure');

  constructor(
    private readonly formats: ErrorFormatRegistry,
    private readonly texts: ErrorTexts,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType() === 'http') return this.respond(thrown, host);
    const problem = this.problemOf(thrown);
    const request = requestBehind(host);
    return handOver(request ? this.translated(problem, thrown, request).problem : problem, thrown, host);
  }

  private respond(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (isAborted(thrown)) {
      response.destroy();
      return;
    }
    const error = isUnrouted(thrown, request) ? new ProblemException('NOT_FOUND') : thrown;
    const problem = this.problemOf(error);

    recordingSpan()?.setAttribute('problem.code', problem.code);
    const format = this.formats.of(request.path);
    format?.onError?.(problem, request, error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const isEnglish = format?.isTranslated === false;
    const inLanguage = isEnglish ? { problem, language: DEFAULT_LANGUAGE } : this.translated(problem, error, request);
    response.status(problem.status).setHeader('Cache-Control', 'no-store');
    response.vary('Accept-Language').setHeader('Content-Language', inLanguage.language);
    if (format?.renderError) format.renderError(inLanguage.problem, response);
    else renderProblem(inLanguage.problem, response);
  }

  private translated(problem: Problem, error: unknown, request: Request): Translation {
    // Servers for GraphQL may pass on a request of their own kind.
    const isOfExpress = typeof request.acceptsLanguages === 'function';
    const language = isOfExpress && request.acceptsLanguages(...this.texts.languages);
    return translated(problem, error, this.texts, language === false ? DEFAULT_LANGUAGE : language);
  }

  private problemOf(error: unknown): Problem {
    const problem = problemOf(error, currentContext()?.requestId ?? '');
    if (problem.status >= 500) this.logger.error(problem.code, error instanceof Error ? error : String(error));
    return problem;
  }
}

/** A body parser reports that the client closed the connection. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'request.aborted';
}

/** Nest's 404 quotes the path. A NotFoundException of a handler keeps its text. */
function isUnrouted(error: unknown, request: Request): boolean {
  return error instanceof NotFoundException && request.route === undefined;
}

export function renderProblem(problem: Problem, response: Response): void {
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(problem));
}
