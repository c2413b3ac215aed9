import { Module } from '@nestjs/common';

import { RoomsListener } from './rooms.listener.js';

@Module({ providers: [RoomsListener], exports: [RoomsListener] })
export class RoomsModule {}
