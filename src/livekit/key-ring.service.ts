import { Inject, Injectable } from '@nestjs/common';

import { readKeyFile } from '../config/livekit-key-file.js';
import type { LiveKitKeyPair, LiveKitKeys } from '../config/livekit-keys.js';

import { LIVEKIT_OPTIONS } from './livekit.module-definition.js';
import type { LiveKitOptions } from './livekit.options.js';

/**
 * The key pairs that are in force. `KeyRingWatcher` replaces them when the file changes, so read a pair for each use and do not keep it.
 */
@Injectable()
export class KeyRing {
  private keys: LiveKitKeys;

  /** Throws if the options hold no pair, half a pair, or an invalid file. */
  constructor(@Inject(LIVEKIT_OPTIONS) options: LiveKitOptions) {
    this.keys = keysOf(options);
  }

  /** The pair that signs: the first of the file. */
  get signing(): LiveKitKeyPair {
    return this.keys.pairs[0];
  }

  /** The pairs that verify what LiveKit signed. */
  get all(): readonly LiveKitKeyPair[] {
    return this.keys.pairs;
  }

  /** The path of the file, if there is one. */
  get file(): string | undefined {
    return this.keys.file;
  }

  /** Reads the file again. Throws an `InvalidValueError` and keeps the pairs if the file is invalid. */
  reload(): void {
    const { file } = this.keys;
    if (file !== undefined) this.keys = { ...this.keys, pairs: readKeyFile(file, this.keys) };
  }
}

function keysOf({ keys, keysFile: file, strictKeys: strict = false }: LiveKitOptions): LiveKitKeys {
  if (keys === undefined && file !== undefined) return { pairs: readKeyFile(file, { strict }), file, strict };
  const [first, ...others] = keys ?? [];
  if (first === undefined || ![first, ...others].every(isWhole)) {
    throw new Error('LiveKitModule: keys must list at least one pair of key and secret.');
  }
  return { pairs: [first, ...others], strict, ...(file !== undefined && { file }) };
}

const isWhole = ({ key, secret }: Partial<LiveKitKeyPair>): boolean => Boolean(key) && Boolean(secret);
