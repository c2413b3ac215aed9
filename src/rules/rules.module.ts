import { Module } from '@nestjs/common';

import { JoinRulesPolicy } from './join-rules.policy.js';

@Module({ providers: [JoinRulesPolicy] })
export class RulesModule {}
