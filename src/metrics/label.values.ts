/** Keeps the values of one label few, whoever they come from. */

/** What stands for all values above the limit, or of another form. */
const OTHER = 'other';

/** More codes than this no service has; more series than this no dashboard shows. */
const LIMIT = 100;

export class LabelValues {
  private readonly known = new Set<string>();

  constructor(private readonly form: RegExp) {}

  /** The value, if it is one of the first hundred and of the form. */
  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= LIMIT || !this.form.test(value)) return OTHER;
    this.known.add(value);
    return value;
  }
}
