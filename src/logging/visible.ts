/** Control characters except tab and line feed, line and paragraph separators, and bidirectional controls (UAX #9). */
const INVISIBLE = /[\0-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes what could hide or forge a part of a log line, in the way of JSON strings. */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
