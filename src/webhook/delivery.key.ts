import { createHash } from 'node:crypto';

/** In characters. LiveKit's event ids have 15; longer ones are hashed, so that the size of the store stays bounded. */
const MAX_LENGTH = 64;

export function deliveryKey(id: string): string {
  return id.length <= MAX_LENGTH ? id : `sha256:${createHash('sha256').update(id).digest('base64url')}`;
}
