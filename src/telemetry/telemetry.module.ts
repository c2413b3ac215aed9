import { Global, Module } from '@nestjs/common';

import { TracingService } from './tracing.service.js';

/** Global, because Nest stops global modules last: spans of other modules' shutdown are exported. */
@Global()
@Module({ providers: [TracingService] })
export class TelemetryModule {}
