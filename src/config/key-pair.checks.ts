import type { LiveKitKeyPair } from './livekit-keys.js';
import { isPlaceholder, secretError } from './secret.checks.js';

/** LiveKit logs an error for a shorter secret. HMAC-SHA256 gains nothing from more than 256 bits. */
const MIN_SECRET_LENGTH = 32;

/** Why a pair must not be used in production. The message continues the name of a variable and holds no part of the pair. */
export interface KeyPairError {
  readonly of: keyof LiveKitKeyPair;
  readonly message: string;
}

/** Returns the errors of both halves; none for a pair that production accepts. A missing half is not an error here. */
export function keyPairErrors({ key, secret }: Partial<LiveKitKeyPair>): readonly KeyPairError[] {
  const errors: KeyPairError[] = [];
  if (key !== undefined && isDevelopmentKey(key)) {
    errors.push({ of: 'key', message: 'must be your own API key in production, not a development key or placeholder' });
  }
  const message = secret === undefined ? undefined : secretError(secret, MIN_SECRET_LENGTH);
  if (message !== undefined) errors.push({ of: 'secret', message });
  return errors;
}

/** `devkey`, which LiveKit's `--dev` mode uses, or a placeholder. */
export const isDevelopmentKey = (key: string): boolean => isPlaceholder(key);
