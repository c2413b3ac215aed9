/** Texts that examples and templates hold in place of a secret. */
const PLACEHOLDER =
  /^(devkey|secret|placeholder|example|test|x+|<.*>|your[-_ ].*|.*[-_ ]here|(change|replace).?me([-_ .].*)?|.*api[-_ ]?(key|secret).*|(metrics|gate)[-_ ]?token)$/i;

export const isPlaceholder = (text: string): boolean => PLACEHOLDER.test(text);

/**
 * Returns why production does not accept the secret, in words that continue the name of a variable; undefined if it does.
 * `minLength` is in characters.
 */
export function secretError(secret: string, minLength: number): string | undefined {
  if (isPlaceholder(secret)) return 'must be your own secret in production, not a placeholder';
  if (secret.length < minLength) return `must have at least ${minLength} characters in production`;
  if (isRepetition(secret, minLength)) return 'must not repeat one character or word in production';
  return undefined;
}

/** Finds a unit that is repeated to the end, where the last repetition may be cut off. A unit of `minLength` suffices alone. */
function isRepetition(secret: string, minLength: number): boolean {
  const text = secret.toLowerCase();
  for (let unit = 1; unit < minLength && unit * 2 <= text.length; unit += 1) {
    if (text.startsWith(text.slice(unit))) return true;
  }
  return false;
}
