import type { LiveKitKeyPair } from './livekit-keys.js';

/** LiveKit logs an error for a shorter secret. HMAC-SHA256 gains nothing from more than 256 bits. */
const MIN_SECRET_LENGTH = 32;

const PLACEHOLDERS =
  /^(devkey|secret|change.?me|placeholder|example|test|x+|<.*>|your[-_ ].*|.*api[-_ ]?(key|secret).*)$/i;

/** Why a pair must not be used in production. The message continues the name of a variable and holds no part of the pair. */
export interface KeyPairError {
  readonly of: keyof LiveKitKeyPair;
  readonly message: string;
}

/** Returns all errors of both halves; none for a pair that production accepts. */
export function keyPairErrors({ key, secret }: LiveKitKeyPair): readonly KeyPairError[] {
  const errors: KeyPairError[] = [];
  if (PLACEHOLDERS.test(key)) {
    errors.push({ of: 'key', message: 'must be your own API key in production, not a development key or placeholder' });
  }
  if (PLACEHOLDERS.test(secret)) {
    errors.push({ of: 'secret', message: 'must be your own secret in production, not a placeholder' });
  } else if (secret.length < MIN_SECRET_LENGTH) {
    errors.push({ of: 'secret', message: `must have at least ${MIN_SECRET_LENGTH} characters in production` });
  }
  return errors;
}
