import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { PartnerKeyVerifier } from './partner-key.verifier.js';
import { partnerKeysConfig } from './partner-keys.config.js';

@Module({ imports: [ConfigModule.forFeature(partnerKeysConfig)], providers: [PartnerKeyVerifier] })
export class PartnerKeysModule {}
