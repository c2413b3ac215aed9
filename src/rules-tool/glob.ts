import type { Claims } from '../auth/claim-path.js';
import type { RoomPattern } from '../rules/room-pattern.js';

/** A code point, or one of the tokens below. */
export type Token = number;

/** Any characters, also none. */
export const ANY: Token = -1;

/** Exactly one character. */
export const ONE: Token = -2;

/** A pattern of names without claims. */
export type Glob = readonly Token[];

export const literal = (text: string): Glob => Array.from(text, (character) => character.codePointAt(0) ?? 0);

/** The pattern for a caller with these claims; undefined if it matches no name then. */
export function globFor({ pieces }: RoomPattern, claims: Claims): Glob | undefined {
  const tokens: Token[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) tokens.push(ANY);
    for (const part of piece) {
      const value = 'text' in part ? part.text : part.claim.read(claims);
      if (typeof value !== 'string' || value === '') return undefined;
      tokens.push(...literal(value));
    }
  }
  return tokens;
}

/** What the pattern matches for some caller with these claims, others taken for independent of each other. */
export function globForSome({ pieces }: RoomPattern, known: Claims): Glob {
  return pieces.flatMap((piece, index) => [
    ...(index > 0 ? [ANY] : []),
    ...piece.flatMap((part) => {
      const text = 'text' in part ? part.text : known[part.claim.source];
      return typeof text === 'string' ? literal(text) : [ONE, ANY];
    }),
  ]);
}

/** Whether the beginnings and ends of two patterns rule out that both match a name. */
export function areApart(one: RoomPattern, other: RoomPattern): boolean {
  if (one.exact && other.exact) return one.prefix !== other.prefix;
  const [short, long] = one.prefix.length <= other.prefix.length ? [one, other] : [other, one];
  return !long.prefix.startsWith(short.prefix) || (short.exact && long.prefix.length > short.prefix.length);
}
