import type { ValidationPipeOptions } from '@nestjs/common';

import { TRANSFORMER } from './flat-dto.js';
import { validationProblem } from './validation.problem.js';

/** Options of the application's ValidationPipe. Unknown members are removed; all errors are reported. */
export const VALIDATION_OPTIONS: ValidationPipeOptions = {
  transform: true,
  whitelist: true,
  transformerPackage: TRANSFORMER,
  exceptionFactory: validationProblem,
};
