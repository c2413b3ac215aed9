import { Global, Module } from '@nestjs/common';

import { ErrorFormatRegistry } from './error-format.registry.js';
import { ErrorTexts } from './error-texts.service.js';

@Global()
@Module({ providers: [ErrorFormatRegistry, ErrorTexts], exports: [ErrorFormatRegistry, ErrorTexts] })
export class ErrorsModule {}
