/** What every request passes through, and how every failure leaves; the order of the pipeline stands in app.module.ts. */
import { Global, Module } from '@nestjs/common';

import { RouteContracts } from './route-contracts.js';
import { ServiceLogger } from './service.logger.js';

@Global()
@Module({ providers: [RouteContracts, ServiceLogger], exports: [RouteContracts, ServiceLogger] })
export class HttpModule {}
