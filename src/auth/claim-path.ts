import { InvalidValueError } from '../config/value-readers.js';

export type Claims = Readonly<Record<string, unknown>>;

/** A step by name reads an own property of an object; a step by number reads an item of a list. */
type Step = string | number;

/**
 * Names a claim, also one inside of other claims: `realm_access.roles`, `resource_access[my.client].roles`, `groups[0]`.
 *
 * A top-level claim whose name is the whole path takes precedence. Otherwise dots separate steps through the own properties of
 * objects. A step in brackets may contain dots; in brackets, a whole number is the index in a list.
 */
export class ClaimPath {
  private constructor(
    /** The path as it was written. */
    readonly source: string,
    /** The own properties and items that lead to the claim. */
    readonly steps: readonly Step[],
  ) {}

  /** Throws an {@link InvalidValueError} if the path is malformed. */
  static parse(source: string): ClaimPath {
    return new ClaimPath(source, parseSteps(source));
  }

  /** Returns undefined if there is no such claim. Inherited properties such as `constructor` are no claims. */
  read(claims: Claims): unknown {
    if (Object.hasOwn(claims, this.source)) return claims[this.source];
    let found: unknown = claims;
    for (const step of this.steps) {
      found = typeof step === 'number' ? itemOf(found, step) : propertyOf(found, step);
      if (found === undefined) return undefined;
    }
    return found;
  }
}

/**
 * Whether a claim says a value: it equals the value, is a list that contains it, or is an object with an own key of that name (the
 * form of ZITADEL's roles).
 */
export function claimSays(found: unknown, value: string | number | boolean): boolean {
  if (found === value) return true;
  if (Array.isArray(found)) return found.includes(value);
  return typeof value === 'string' && isObject(found) && Object.hasOwn(found, value);
}

function propertyOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function itemOf(value: unknown, index: number): unknown {
  return Array.isArray(value) ? (value[index] as unknown) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name or the brackets of one step. */
const STEP = /([^.[\]]+)|\[([^[\]]+)\]/y;

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

function parseSteps(source: string): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < source.length) {
    // A dot comes between two steps, except before brackets.
    if (at > 0 && source[at] === '.' && source[at + 1] !== '[') at += 1;
    else if (at > 0 && source[at] !== '[') throw malformed();
    STEP.lastIndex = at;
    const [, name, bracketed = ''] = STEP.exec(source) ?? [];
    if (name === undefined && bracketed === '') throw malformed();
    steps.push(name ?? (INDEX.test(bracketed) ? Number(bracketed) : bracketed));
    at = STEP.lastIndex;
  }
  if (steps.length === 0) throw malformed();
  return steps;
}

const malformed = (): InvalidValueError =>
  new InvalidValueError('must be the name of a claim, or a path such as realm_access.roles or a[b.c].d');
