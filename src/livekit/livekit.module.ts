/** What connects us to LiveKit. */
import { Module } from '@nestjs/common';

import { KeyRingWatcher } from './key-ring.watcher.js';

@Module({ providers: [KeyRingWatcher] })
export class LiveKitModule {}
