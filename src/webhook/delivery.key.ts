/** What an event is remembered by: its id, or the hash of one so long that many of them would fill the memory. */
import { createHash } from 'node:crypto';

/** LiveKit's are 15. */
const MAX_LENGTH = 64;

export function deliveryKey(id: string): string {
  return id.length <= MAX_LENGTH ? id : `sha256:${createHash('sha256').update(id).digest('base64url')}`;
}
