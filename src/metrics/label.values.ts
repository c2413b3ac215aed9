/** Bounds the number of values of one label. */

/** Replaces values above the limit or of an invalid form. */
const OTHER = 'other';

/** Distinct values of a label. */
const LIMIT = 100;

export class LabelValues {
  private readonly known = new Set<string>();

  constructor(private readonly form: RegExp) {}

  /** The value, if it matches the form and is one of the first 100. */
  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= LIMIT || !this.form.test(value)) return OTHER;
    this.known.add(value);
    return value;
  }
}
