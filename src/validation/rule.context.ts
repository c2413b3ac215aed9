import type { ErrorParameters } from '../errors/error.catalogue.js';
import type { CatalogueText } from '../errors/reason.catalogue.js';

/** What is not valid within the value of a member. */
export interface InvalidPart {
  /** JSON Pointer (RFC 6901) within the value; empty for the value itself. */
  readonly pointer: string;
  readonly text: CatalogueText;
}

/** Returns nothing for a valid value. `field` is the name of the member. Must not return anything that the client sent. */
export type ValueCheck = (field: string, value: unknown) => readonly InvalidPart[];

/**
 * The `context` of a rule of class-validator: values for the placeholders of its text, or what finds the parts that are not valid, each of
 * which becomes a separate error.
 */
export type RuleContext = ErrorParameters | { readonly check: ValueCheck };

export function hasCheck(context: RuleContext): context is { readonly check: ValueCheck } {
  const { check } = context;
  return typeof check === 'function';
}
