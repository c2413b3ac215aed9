/** A refusal with one of our codes; teams throw Nest's own exceptions with `errorCode`, which are rendered the same way. */
import { HttpException } from '@nestjs/common';

import { FAILURE_STATUS, type FailureCode } from './failure-codes.js';

export class Refusal extends HttpException {
  /** `detail` reaches the client and the audit: it holds no secret, no token, and no value that the client sent. */
  constructor(
    readonly code: FailureCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(detail, FAILURE_STATUS[code], { errorCode: code, ...options });
  }
}
