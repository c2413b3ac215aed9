import { Global, Module } from '@nestjs/common';

import { ServiceLogger } from './service.logger.js';

@Global()
@Module({ providers: [ServiceLogger], exports: [ServiceLogger] })
export class LoggingModule {}
