import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { readKeyFile } from '../config/livekit-key-file.js';
import type { LiveKitKeyPair, LiveKitKeys } from '../config/livekit-keys.js';

/**
 * The key pairs that are in force. They come from ConfigService (LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or
 * LIVEKIT_KEYS_FILE). `KeyRingWatcher` replaces them when the file changes, so read a pair for each use and do not keep it.
 */
@Injectable()
export class KeyRing {
  private keys: LiveKitKeys;

  constructor(config: ConfigService<Environment, true>) {
    this.keys = config.get('LIVEKIT_KEYS', { infer: true });
  }

  /** The pair that signs: the first of the file. */
  get signing(): LiveKitKeyPair {
    return this.keys.pairs[0];
  }

  /** The pairs that verify what LiveKit signed. */
  get all(): readonly LiveKitKeyPair[] {
    return this.keys.pairs;
  }

  /** The path in LIVEKIT_KEYS_FILE, if it is set. */
  get file(): string | undefined {
    return this.keys.file;
  }

  /** Reads the file again. Throws an `InvalidValueError` and keeps the pairs if the file is invalid. */
  reload(): void {
    const { file } = this.keys;
    if (file !== undefined) this.keys = { ...this.keys, pairs: readKeyFile(file, this.keys) };
  }
}
