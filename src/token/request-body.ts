import type { Request } from 'express';

/** The members of a body that may not have been validated; none if it is not an object. */
export function bodyOf(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
