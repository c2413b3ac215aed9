/** LiveKit's limits of names of rooms and participants, and of identities. */

/** LiveKit's default (`limit.max_room_name_length` and its like): bytes of UTF-8, not characters. */
export const MAX_NAME_BYTES = 256;

// A UTF-16 code unit has at most 3 bytes of UTF-8: short names need no count of bytes.
export const isShortEnough = (name: string): boolean =>
  name.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(name) <= MAX_NAME_BYTES;

/** LiveKit accepts blank names, but users cannot see them. */
export const isBlank = (name: string): boolean => name.trim() === '';

/** Whether a name can be signed, and reaches LiveKit unchanged. */
export const isFitName = (name: unknown): name is string =>
  typeof name === 'string' && name.isWellFormed() && !isBlank(name) && isShortEnough(name);
