/** The key pairs that sign and verify, which a changed key file can replace while the service runs. */
import { readFileSync } from 'node:fs';

import { errorInProduction, type LiveKitKeyPair, parseKeyPairs } from './livekit-key-pair.js';
import { InvalidValueError } from './value-readers.js';

export class LiveKitKeyRing {
  private constructor(
    private pairs: readonly [LiveKitKeyPair, ...LiveKitKeyPair[]],
    /** The key file behind the ring, if there is one. */
    readonly file?: string,
    private readonly production = false,
  ) {}

  static ofPair(pair: LiveKitKeyPair): LiveKitKeyRing {
    return new LiveKitKeyRing([pair]);
  }

  /** Throws a {@link InvalidValueError} when the file cannot be read, or holds a pair that production does not allow. */
  static ofFile(file: string, production: boolean): LiveKitKeyRing {
    return new LiveKitKeyRing(readPairs(file, production), file, production);
  }

  /** The pair that signs: the first of the file. */
  get signing(): LiveKitKeyPair {
    return this.pairs[0];
  }

  /** The pairs that verify what LiveKit signed. */
  get all(): readonly LiveKitKeyPair[] {
    return this.pairs;
  }

  /** Reads the file again. Throws a {@link InvalidValueError} and keeps the pairs it had when the file is not right. */
  reload(): void {
    if (this.file !== undefined) this.pairs = readPairs(this.file, this.production);
  }
}

function readPairs(file: string, production: boolean): [LiveKitKeyPair, ...LiveKitKeyPair[]] {
  const [first, ...others] = parseKeyPairs(contentOf(file));
  if (first === undefined) throw new InvalidValueError('must name a file with one key pair at least');
  for (const pair of [first, ...others]) {
    const fault = production ? errorInProduction(pair) : undefined;
    if (fault) throw new InvalidValueError(fault.message);
  }
  return [first, ...others];
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new InvalidValueError('must name a readable file');
  }
}
