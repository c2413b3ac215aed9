import { Module } from '@nestjs/common';

import { JoinRulesPolicy } from './join-rules.policy.js';
import { ShadowRules } from './shadow-rules.service.js';

@Module({ providers: [JoinRulesPolicy, ShadowRules], exports: [JoinRulesPolicy] })
export class RulesModule {}
