import { Global, Module } from '@nestjs/common';

import { ErrorFormatRegistry } from './error-format.registry.js';

@Global()
@Module({ providers: [ErrorFormatRegistry], exports: [ErrorFormatRegistry] })
export class ErrorsModule {}
