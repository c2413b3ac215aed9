/** A key pair of LiveKit, how LiveKit's own key file lists several, and which are fit to sign in production. */
import { InvalidValueError } from './value-readers.js';
import { parseYamlTexts, YamlError } from './yaml.js';

/** An API key of LiveKit and the secret that goes with it. */
export interface LiveKitKeyPair {
  readonly key: string;
  readonly secret: string;
}

/** LiveKit logs an error for a shorter one; HMAC-SHA256 has no more than 256 bits to gain from a longer one. */
export const MIN_SECRET_LENGTH = 32;

const PLACEHOLDERS =
  /^(devkey|secret|change.?me|placeholder|example|test|x+|<.*>|your[-_ ].*|.*api[-_ ]?(key|secret).*)$/i;

/** What makes a pair unfit for production: which half, and why, in words that continue a variable's name. */
export interface KeyPairError {
  readonly of: keyof LiveKitKeyPair;
  readonly message: string;
}

export function errorInProduction({ key, secret }: LiveKitKeyPair): KeyPairError | undefined {
  if (PLACEHOLDERS.test(key)) {
    return {
      of: 'key',
      message: 'must hold an API key of your own in production, not a development key or placeholder',
    };
  }
  if (PLACEHOLDERS.test(secret)) {
    return { of: 'secret', message: 'must hold a secret of your own in production, not a placeholder' };
  }
  if (secret.length < MIN_SECRET_LENGTH) {
    return { of: 'secret', message: `must hold a secret of ${MIN_SECRET_LENGTH} characters or more in production` };
  }
  return undefined;
}

/**
 * The pairs of a YAML file of `key: secret` lines, as `livekit-server --key-file` reads it, in the order of the file.
 * Throws a {@link InvalidValueError} that holds nothing of the content.
 */
export function parseKeyPairs(content: string): readonly LiveKitKeyPair[] {
  const entries = textsOf(content);
  if (!(entries instanceof Map) || entries.size === 0) {
    throw new InvalidValueError('must name a YAML file of "key: secret" lines, one at least');
  }
  return [...entries].map(([key, secret]: [unknown, unknown]) => {
    if (typeof key !== 'string' || typeof secret !== 'string' || !key || !secret) {
      throw new InvalidValueError('must name a file in which every line is "key: secret"');
    }
    return { key, secret };
  });
}

function textsOf(content: string): unknown {
  try {
    return parseYamlTexts(content);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new InvalidValueError(`names a file that ${error.message}`);
  }
}
