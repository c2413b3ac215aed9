import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';

import type { Problem } from './problem.js';

/** How the errors of a route are written and reported. */
export interface ErrorFormat {
  /**
   * The format is for this path and all below it. May have parameters, such as `/meetings/:id/token` or `/v:version/token`. No slash at the
   * end.
   */
  readonly path: string;
  /** False: texts are English, whatever language the client prefers. Default: true. */
  readonly isTranslated?: boolean;
  /** Writes the error as the route's clients expect it. Default: problem+json. */
  renderError?(problem: Problem, response: Response): void;
  /** Called for every error of the route, before it is written. `error` is what was thrown. */
  onError?(problem: Problem, request: Request, error: unknown): void;
}

/** Formats are found by path and not by handler, because errors of middleware have no handler. */
@Injectable()
export class ErrorFormatRegistry {
  /** Longer paths first. */
  private formats: readonly { readonly pattern: RegExp; readonly format: ErrorFormat }[] = [];

  add(format: ErrorFormat): void {
    this.formats = [...this.formats, { pattern: patternOf(format.path), format }].sort(
      (one, other) => other.format.path.length - one.format.path.length,
    );
  }

  /** Matches as Express routes: case-insensitive, with or without a slash at the end. */
  of(path: string): ErrorFormat | undefined {
    return this.formats.find(({ pattern }) => pattern.test(path))?.format;
  }
}

function patternOf(path: string): RegExp {
  const fixed = path.split(/:\w+/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${fixed.join('[^/]+')}(/|$)`, 'i');
}
