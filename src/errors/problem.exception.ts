/** A refusal with one of our codes; teams throw Nest's own exceptions with `errorCode`, which are rendered the same way. */
import { HttpException } from '@nestjs/common';

import { ERROR_STATUS, type ErrorCode } from './error-codes.js';

export class ProblemException extends HttpException {
  /** `detail` reaches the client and the audit: it holds no secret, no token, and no value that the client sent. */
  constructor(
    readonly code: ErrorCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(detail, ERROR_STATUS[code], { errorCode: code, ...options });
  }
}
