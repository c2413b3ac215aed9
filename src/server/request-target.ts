/**
 * The path and query of a request target (RFC 9112, section 3.2). Servers must accept the absolute form; Express does not route it, and
 * responds to an invalid one before any middleware. An invalid target becomes a path that no route has.
 */
export function originForm(target: string): string {
  if (target.startsWith('/') || target === '*') return target;
  if (/^https?:/i.test(target) && URL.canParse(target)) {
    const { pathname, search } = new URL(target);
    return pathname + search;
  }
  return `/${target}`;
}
