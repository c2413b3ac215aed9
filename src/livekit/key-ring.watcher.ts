/** Takes over a changed LIVEKIT_KEYS_FILE while the service runs; a broken one leaves the keys as they were. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import type { LiveKitKeyRing } from '../config/livekit-key-ring.js';
import { InvalidValueError } from '../config/value-readers.js';
import { onFileChange } from '../config/watched-file.js';

@Injectable()
export class KeyRingWatcher implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('KeyRing');
  private readonly keys: LiveKitKeyRing;
  private stop = (): void => undefined;

  constructor(config: ConfigService<Environment, true>) {
    this.keys = config.get('LIVEKIT_KEYS', { infer: true });
  }

  onModuleInit(): void {
    if (this.keys.file === undefined) return;
    this.stop = onFileChange(this.keys.file, () => this.reload());
    // It may have changed since the environment was read.
    this.reload();
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  private reload(): void {
    try {
      this.keys.reload();
      this.logger.log('LIVEKIT_KEYS_FILE was read again', { pairs: this.keys.all.length });
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      this.logger.error(`LIVEKIT_KEYS_FILE ${error.message}; the keys stay as they were`);
    }
  }
}
