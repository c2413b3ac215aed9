/** An error or warning about a file. */
export interface Finding {
  /** The place of the rule in the file, from 1; missing for the file as a whole. */
  readonly rule?: number;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** As compilers write it, so that editors find the place. */
export function findingLine(
  file: string,
  level: 'error' | 'warning',
  { rule, line, column, message }: Finding,
): string {
  return `${file}:${line}:${column}: ${level}: ${rule === undefined ? '' : `rule ${rule}: `}${message}\n`;
}

/** With the members in the order in which they are read. */
export function findingJson({ rule, line, column, message }: Finding): unknown {
  return { ...(rule !== undefined && { rule }), line, column, message };
}
