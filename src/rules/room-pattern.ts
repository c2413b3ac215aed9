/** Matches names of rooms against `*` wildcards and claims of the caller, in time that grows with the name alone. */

/** Continues "rule 2, rooms: ". */
export class PatternError extends Error {}

type Part = { readonly text: string } | { readonly claim: string };

/** A pattern over the whole name: `*` spans any characters, none too; `${claim}` is a claim's value, never a pattern. */
export class RoomPattern {
  /** What every name that matches begins with, whoever the caller is. */
  readonly prefix: string;
  /** Whether only one name matches, the prefix. */
  readonly exact: boolean;

  private constructor(
    /** The pieces between the stars; each holds texts and claims. */
    private readonly pieces: readonly (readonly Part[])[],
  ) {
    const [first = []] = pieces;
    this.prefix = first[0] !== undefined && 'text' in first[0] ? first[0].text : '';
    this.exact = pieces.length === 1 && first.length === 1 && this.prefix !== '';
  }

  static parse(source: string): RoomPattern {
    if (source === '') throw new PatternError('a pattern must not be empty');
    return new RoomPattern(source.split('*').map(parsePiece));
  }

  /** Whether the whole name matches for a caller with these claims; one that is no non-empty string matches nothing. */
  matches(name: string, claims: Readonly<Record<string, unknown>>): boolean {
    const texts: string[] = [];
    for (const piece of this.pieces) {
      const text = expand(piece, claims);
      if (text === undefined) return false;
      texts.push(text);
    }
    return matchesInOrder(name, texts);
  }
}

/** Looks for each piece as far left as it goes, which is enough where only the first and the last are anchored. */
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

function expand(piece: readonly Part[], claims: Readonly<Record<string, unknown>>): string | undefined {
  let text = '';
  for (const part of piece) {
    const value = 'text' in part ? part.text : ownClaim(claims, part.claim);
    if (typeof value !== 'string' || value === '') return undefined;
    text += value;
  }
  return text;
}

/** What the issuer has said, and nothing that every object has. */
export const ownClaim = (claims: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

function parsePiece(source: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = source;
  while (rest !== '') {
    const start = rest.indexOf('${');
    if (start !== 0) parts.push({ text: start < 0 ? rest : rest.slice(0, start) });
    if (start < 0) break;
    const end = rest.indexOf('}', start);
    const claim = rest.slice(start + 2, end);
    if (end < 0 || claim === '') throw new PatternError('a claim is written ${name}');
    parts.push({ claim });
    rest = rest.slice(end + 1);
  }
  return parts;
}
