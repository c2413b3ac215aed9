import { Module } from '@nestjs/common';

import { LocalRevocationLog } from './local-revocation.log.js';
import { RevocationLog } from './revocation.log.js';

@Module({
  providers: [{ provide: RevocationLog, useClass: LocalRevocationLog }],
  exports: [RevocationLog],
})
export class RevocationsModule {}
