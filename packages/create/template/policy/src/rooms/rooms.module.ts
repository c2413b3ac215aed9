import { Module } from '@nestjs/common';

import { RoomsPolicy } from './rooms.policy.js';

@Module({ providers: [RoomsPolicy] })
export class RoomsModule {}
