import { ClaimPath, type Claims, claimSays } from '../auth/claim-path.js';

/** What a claim is compared with. */
export type ClaimValue = string | number | boolean;

/** One entry of `callers` or `except`: holds if the claim has any of the values. */
export interface ClaimCondition {
  readonly path: ClaimPath;
  /** At least one. */
  readonly values: readonly ClaimValue[];
}

export function holds({ path, values }: ClaimCondition, claims: Claims): boolean {
  const found = path.read(claims);
  return found !== undefined && values.some((value) => claimSays(found, value));
}
