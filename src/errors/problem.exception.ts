import { HttpException } from '@nestjs/common';

import { type ErrorCode, errorDetail, type ErrorParameters, ERRORS } from './error.catalogue.js';

interface ProblemOptions {
  readonly cause?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly parameters?: ErrorParameters;
  readonly memberParameters?: readonly ErrorParameters[];
}

/**
 * An error with a code of the catalogue. Code that has codes of its own throws Nest's HTTP exceptions with an `errorCode`, which
 * are rendered in the same way.
 */
export class ProblemException extends HttpException {
  /** Values of the placeholders of the text, in every language. */
  readonly parameters: ErrorParameters;
  /** False if the error states a text in place of that of its code. */
  readonly hasDefaultText: boolean;
  /** Those of each of the problem's `errors`. */
  readonly memberParameters: readonly ErrorParameters[];

  /**
   * @param detail Parameters of the catalogue's text, or a text in its place. Clients and the audit log receive it: it must not
   *   contain secrets, tokens or values that the client sent.
   * @param options `extensions` become members of the problem; `parameters` are those of translations if `detail` is a text.
   */
  constructor(
    readonly code: ErrorCode,
    detail?: ErrorParameters | string,
    { extensions, parameters = {}, memberParameters = [], ...options }: ProblemOptions = {},
  ) {
    const message = typeof detail === 'string' ? detail : errorDetail(code, detail);
    super(extensions ? { message, ...extensions } : message, ERRORS[code].status, { errorCode: code, ...options });
    this.hasDefaultText = typeof detail !== 'string';
    this.parameters = typeof detail === 'string' ? parameters : (detail ?? {});
    this.memberParameters = memberParameters;
  }
}
