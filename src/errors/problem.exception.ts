import { HttpException } from '@nestjs/common';

import { type ErrorCode, errorDetail, type ErrorParameters, ERRORS } from './error.catalogue.js';

/**
 * An error with a code of the catalogue. Code that has codes of its own throws Nest's HTTP exceptions with an `errorCode`, which
 * are rendered in the same way.
 */
export class ProblemException extends HttpException {
  /**
   * @param detail Parameters of the catalogue's text, or a text in its place. Clients and the audit log receive it: it must not
   *   contain secrets, tokens or values that the client sent.
   * @param options `extensions` become members of the problem.
   */
  constructor(
    readonly code: ErrorCode,
    detail?: ErrorParameters | string,
    options?: { readonly cause?: unknown; readonly extensions?: Readonly<Record<string, unknown>> },
  ) {
    const message = typeof detail === 'string' ? detail : errorDetail(code, detail);
    const { extensions, ...rest } = options ?? {};
    super(extensions ? { message, ...extensions } : message, ERRORS[code].status, { errorCode: code, ...rest });
  }
}
