import { Module } from '@nestjs/common';
import { LiveKitModule } from 'livekit-token-service/livekit';

import { RoomsController } from './rooms.controller.js';

@Module({ imports: [LiveKitModule], controllers: [RoomsController] })
export class RoomsModule {}
