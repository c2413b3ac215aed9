import { applyDecorators, Controller, type ControllerOptions, type Type } from '@nestjs/common';
import { type DiscoverableDecorator, DiscoveryService } from '@nestjs/core';
import type { Request, Response } from 'express';

import type { Problem } from '../errors/problem.js';

/** Writes the errors of a token route. A provider, in the module of the controller. */
export interface TokenErrorFormat {
  renderError(problem: Problem, response: Response): void;
}

export interface TokenRouteOptions {
  /**
   * Room and identity that a request asks for, for the audit log of requests that fail before {@link AdmissionService.admit}. The body
   * may not have been parsed or validated; only valid names are published.
   */
  readonly asked?: (request: Request) => { readonly room?: unknown; readonly identity?: unknown };
  /**
   * How errors of the route are written, also those of guards, pipes and body parsers.
   *
   * @default problem+json (RFC 9457)
   */
  readonly errors?: Type<TokenErrorFormat>;
  /** As in `@Controller()`. */
  readonly version?: ControllerOptions['version'];
}

/** Metadata of a controller. */
export interface TokenRouteMark extends TokenRouteOptions {
  /** With a slash in front and none at the end. */
  readonly path: string;
}

const Marked = DiscoveryService.createDecorator<TokenRouteMark>();

/**
 * `@Controller(path)` for a route that admits participants by {@link AdmissionService}: all errors of the path and below it are refusals
 * of a token for the audit log, the metrics and `@OnTokenRefused()`, whatever their cause. A global prefix, and a version in the URI, may
 * stand before the path; `route` of the events does not have them.
 *
 * @param path As in `@Controller()`; may have parameters.
 * @example
 * @TokenRoute('partners/token', { asked: ({ body }) => ({ room: body?.room }) })
 * @RateLimited()
 * export class PartnerTokenController {}
 */
export const TokenRoute: ((path: string, options?: TokenRouteOptions) => ClassDecorator) & {
  readonly MARK: DiscoverableDecorator<TokenRouteMark>;
} = Object.assign(
  (path: string, options: TokenRouteOptions = {}): ClassDecorator =>
    applyDecorators(
      Controller({ path, ...(options.version !== undefined && { version: options.version }) }),
      Marked({ ...options, path: `/${path.replaceAll(/^\/|\/$/g, '')}` }),
    ),
  { MARK: Marked },
);
