import { HttpException } from '@nestjs/common';

import { type ErrorCode, type ErrorParameters, ERRORS } from './error.catalogue.js';
import { type Reason, textOf } from './reason.catalogue.js';

/** A text by its key: that of the catalogue, of a reason, or of a team. */
export interface TextKey {
  readonly key: string;
  /** Values of the placeholders, in every language. */
  readonly parameters: ErrorParameters;
}

interface ProblemOptions {
  readonly cause?: unknown;
  /** Members of the problem. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Its text stands in place of that of the code. */
  readonly reason?: Reason | undefined;
  /** A text that no catalogue has, such as one of class-validator, and the key of its translations. */
  readonly stated?: { readonly text: string; readonly key: string } | undefined;
  /** The texts of the problem's `errors`, in their order. */
  readonly memberTexts?: readonly TextKey[];
}

/**
 * An error with a code of the catalogue. Code with its own error codes throws Nest's HTTP exceptions with an `errorCode`, which
 * are rendered in the same way.
 */
export class ProblemException extends HttpException {
  readonly text: TextKey;
  readonly memberTexts: readonly TextKey[];

  /**
   * @param parameters Values of the placeholders of the text. Clients and the audit log receive them: they must not contain secrets,
   *   tokens or values that the client sent.
   */
  constructor(
    readonly code: ErrorCode,
    parameters: ErrorParameters = {},
    { extensions, reason, stated, memberTexts = [], ...options }: ProblemOptions = {},
  ) {
    const message = stated?.text ?? textOf({ key: reason ?? code, parameters });
    super(extensions ? { message, ...extensions } : message, ERRORS[code].status, { errorCode: code, ...options });
    this.text = { key: stated?.key ?? reason ?? code, parameters };
    this.memberTexts = memberTexts;
  }
}
