import { InvalidValueError } from '../config/value-readers.js';

import { ClaimPath, type Claims } from './claim-path.js';

/** `missing` and `ambiguous` hold the path of the claim that cannot be used, as the operator wrote it. */
export type Expansion =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing'; readonly claim: string }
  | { readonly kind: 'ambiguous'; readonly claim: string };

/** Text with claims in it: `staff:${sub}`, `${tenant}/${resource_access[my.client].team}`. */
export class ClaimTemplate {
  private readonly separators: readonly string[];

  private constructor(
    /** The template as it was written. */
    readonly source: string,
    /** The claims, in order. */
    readonly paths: readonly ClaimPath[],
    /** The text before, between and after the claims: one more than `paths`. */
    private readonly texts: readonly string[],
  ) {
    this.separators = texts.slice(1, -1);
  }

  /** Throws an {@link InvalidValueError}. Two claims must have text between them: nothing else tells where one ends. */
  static parse(source: string): ClaimTemplate {
    const paths: ClaimPath[] = [];
    const texts: string[] = [];
    let rest = source;
    for (;;) {
      const start = rest.indexOf('${');
      if (start < 0) break;
      const end = rest.indexOf('}', start);
      if (end < 0) throw new InvalidValueError('has a claim that does not end: a claim is written ${name}');
      if (start === 0 && paths.length > 0) throw new InvalidValueError('must have text between two claims');
      texts.push(rest.slice(0, start));
      paths.push(ClaimPath.parse(rest.slice(start + 2, end)));
      rest = rest.slice(end + 1);
    }
    return new ClaimTemplate(source, paths, [...texts, rest]);
  }

  /** A template that is the value of one claim. */
  static ofClaim(path: ClaimPath): ClaimTemplate {
    return new ClaimTemplate(`\${${path.source}}`, [path], ['', '']);
  }

  /** The text before the first claim; the whole text if there is no claim. */
  get literalPrefix(): string {
    return this.texts[0] ?? '';
  }

  /** The text without the claims. */
  get literalText(): string {
    return this.texts.join('');
  }

  /** Whether the text depends on the caller. */
  get hasClaims(): boolean {
    return this.paths.length > 0;
  }

  /** Whether the template is claims only, none of which exist. */
  isAbsentFrom(claims: Claims): boolean {
    return (
      this.texts.every((text) => text.trim() === '') && this.paths.every((path) => path.read(claims) === undefined)
    );
  }

  /**
   * Expands to a text that no other values of the claims expand to. A claim is `missing` unless it is a non-empty string; it is
   * `ambiguous` if it contains a text that separates claims in the template, or runs into the one that follows it.
   */
  expand(claims: Claims): Expansion {
    let text = this.literalPrefix;
    for (const [index, path] of this.paths.entries()) {
      const value = path.read(claims);
      if (typeof value !== 'string' || value === '') return { kind: 'missing', claim: path.source };
      if (this.isAmbiguous(value, index)) return { kind: 'ambiguous', claim: path.source };
      text += value + (this.texts[index + 1] ?? '');
    }
    return { kind: 'text', text };
  }

  /**
   * Expands for display. Different claims may give the same text. Returns undefined if a claim is not a non-empty string of well-formed
   * Unicode.
   */
  display(claims: Claims): string | undefined {
    let text = this.literalPrefix;
    for (const [index, path] of this.paths.entries()) {
      const value = path.read(claims);
      if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return undefined;
      text += value + (this.texts[index + 1] ?? '');
    }
    return text;
  }

  private isAmbiguous(value: string, index: number): boolean {
    if (this.separators.some((separator) => value.includes(separator))) return true;
    const next = this.separators[index];
    // With `${a}--${b}`, "x-" and "y" would expand to the same text as "x" and "-y".
    return next !== undefined && (value + next).indexOf(next) < value.length;
  }
}
