import { ClaimPath, type Claims } from '../auth/claim-path.js';

/** The forms in which claims may stand in a token, the plainest first: nested as in tokens of identity providers, then by whole path. */
export function plainForms(claims: Claims): readonly Claims[] {
  const present = Object.entries(claims)
    .filter(([, value]) => value !== null)
    .sort(([one], [other]) => Number(other === 'sub') - Number(one === 'sub'));
  const nested: Record<string, unknown> = {};
  const isNested = present.every(([path, value]) => place(nested, ClaimPath.parse(path).steps, value));
  return [...(isNested ? [nested] : []), Object.fromEntries(present), claims];
}

/** Whether there was room for the value. Lists are made for no index but 0. */
function place(root: Record<string, unknown>, steps: ClaimPath['steps'], value: unknown): boolean {
  let node: Record<string, unknown> | unknown[] = root;
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const next: unknown = isLast ? value : typeof steps[index + 1] === 'number' ? [] : {};
    if (Array.isArray(node)) {
      if (step !== 0 || node.length > 0) return false;
      node.push(next);
    } else {
      const known: unknown = Object.hasOwn(node, step) ? node[step] : undefined;
      if (known === undefined) node[step] = next;
      else if (isLast || typeof known !== 'object' || known === null || Array.isArray(known)) return false;
    }
    if (isLast) return true;
    const child: unknown = Array.isArray(node) ? node[0] : node[step];
    node = child as Record<string, unknown> | unknown[];
  }
  return true;
}
