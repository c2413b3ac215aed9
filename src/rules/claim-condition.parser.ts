import { ClaimPath } from '../auth/claim-path.js';

import type { ClaimCondition, ClaimValue } from './claim-condition.js';
import { isMap, type RuleReader } from './rule-reader.js';

export function parseConditions(key: 'callers' | 'except', value: unknown, reader: RuleReader): ClaimCondition[] {
  if (value === undefined) return [];
  if (!isMap(value) || Object.keys(value).length === 0) {
    reader.error(
      `${key} must be a map of claims, at least one; leave it out ${key === 'callers' ? 'for any caller' : ''}`,
    );
    return [];
  }
  const conditions = Object.entries(value).map(([claim, wanted]) => {
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    if (values.length === 0 || !values.every(isClaimValue)) {
      return reader.at(claim).error(`${key}: ${claim} must be a string, a number, true or false, or a list of these`);
    }
    const path = reader.at(claim).attempt(`${key}: ${claim}`, () => ClaimPath.parse(claim));
    return path && { path, values };
  });
  return conditions.filter((condition) => condition !== undefined);
}

function isClaimValue(value: unknown): value is ClaimValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
