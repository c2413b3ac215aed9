/** What LiveKit takes for the name of a room, an identity or a participant. */

/** LiveKit's default (`limit.max_room_name_length` and its like): bytes of UTF-8, not characters. */
export const MAX_NAME_BYTES = 256;

// Most names are short enough by their UTF-16 length alone, at three bytes a unit at worst.
export const isShortEnough = (name: string): boolean =>
  name.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(name) <= MAX_NAME_BYTES;

/** LiveKit itself takes blank names; nobody can see or find them. */
export const isBlank = (name: string): boolean => name.trim() === '';

/** A name that can be signed and reaches LiveKit byte for byte. */
export const isFitName = (name: unknown): name is string =>
  typeof name === 'string' && name.isWellFormed() && !isBlank(name) && isShortEnough(name);
