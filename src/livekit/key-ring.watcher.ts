import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { InvalidValueError } from '../config/value-readers.js';
import { onFileChange } from '../config/watched-file.js';

import { KeyRing } from './key-ring.service.js';

/** Reloads the key ring when LIVEKIT_KEYS_FILE changes. An invalid file leaves the keys unchanged. */
@Injectable()
export class KeyRingWatcher implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('KeyRing');
  private stop = (): void => undefined;

  constructor(private readonly keys: KeyRing) {}

  onModuleInit(): void {
    if (this.keys.file === undefined) return;
    this.stop = onFileChange(this.keys.file, () => this.reload());
    // The file may have changed since the environment was read.
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
      this.logger.error('LIVEKIT_KEYS_FILE is invalid; the keys stay as they were', { errors: error.messages });
    }
  }
}
