import { ClaimPath, type Claims } from '../auth/claim-path.js';
import { InvalidValueError } from '../config/value-readers.js';

export type PatternPart = { readonly text: string } | { readonly claim: ClaimPath };

/**
 * A pattern of room names: `*` matches any characters, also none; `${path}` is the value of a claim, taken literally. Matching takes time
 * linear in the name.
 */
export class RoomPattern {
  /** What every matching name begins with, for any caller. */
  readonly prefix: string;
  /** Whether only one name matches, the prefix. */
  readonly exact: boolean;

  private constructor(
    /** As it was written. */
    readonly source: string,
    /** The parts between the stars. */
    readonly pieces: readonly (readonly PatternPart[])[],
  ) {
    const [first = []] = pieces;
    this.prefix = first[0] !== undefined && 'text' in first[0] ? first[0].text : '';
    this.exact = pieces.length === 1 && first.length === 1 && this.prefix !== '';
  }

  /** Throws an {@link InvalidValueError}. */
  static parse(source: string): RoomPattern {
    if (source === '') throw new InvalidValueError('must not be empty');
    return new RoomPattern(source, source.split('*').map(parsePiece));
  }

  /** Matches one name, literally. */
  static ofName(name: string): RoomPattern {
    return new RoomPattern(name, [[{ text: name }]]);
  }

  /** Whether the whole name matches for a caller with these claims. A claim that is not a non-empty string matches nothing. */
  matches(name: string, claims: Claims): boolean {
    const texts: string[] = [];
    for (const piece of this.pieces) {
      const text = expand(piece, claims);
      if (text === undefined) return false;
      texts.push(text);
    }
    return matchesInOrder(name, texts);
  }
}

/** Finds each piece as far left as possible, which suffices because only the first and the last are anchored. */
function matchesInOrder(name: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const piece of others) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return name.length - from >= last.length && name.endsWith(last);
}

function expand(piece: readonly PatternPart[], claims: Claims): string | undefined {
  let text = '';
  for (const part of piece) {
    const value = 'text' in part ? part.text : part.claim.read(claims);
    if (typeof value !== 'string' || value === '') return undefined;
    text += value;
  }
  return text;
}

function parsePiece(source: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let rest = source;
  while (rest !== '') {
    const start = rest.indexOf('${');
    if (start !== 0) parts.push({ text: start < 0 ? rest : rest.slice(0, start) });
    if (start < 0) break;
    const end = rest.indexOf('}', start);
    if (end < 0) throw new InvalidValueError('has a claim that does not end: a claim is written ${name}');
    parts.push({ claim: ClaimPath.parse(rest.slice(start + 2, end)) });
    rest = rest.slice(end + 1);
  }
  return parts;
}
