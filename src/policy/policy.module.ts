/** Who may join, and on what terms. */
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { ClientFieldsPolicy } from './client-fields.policy.js';
import { OwnIdentityPolicy } from './own-identity.policy.js';
import { PolicyChain } from './policy-chain.service.js';

@Module({
  imports: [DiscoveryModule],
  providers: [PolicyChain, OwnIdentityPolicy, ClientFieldsPolicy],
  exports: [PolicyChain],
})
export class PolicyModule {}
