import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { ApiKeyVerifier } from './api-key.verifier.js';
import { apiKeysConfig } from './api-keys.config.js';

@Module({
  imports: [ConfigModule.forFeature(apiKeysConfig)],
  providers: [ApiKeyVerifier],
  exports: [ApiKeyVerifier],
})
export class ApiKeysModule {}
