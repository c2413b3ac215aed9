/** Control characters, separators of lines and paragraphs, and bidirectional controls (UAX #9). */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Escapes what could hide or forge a part of a log line in the way of JSON, except for tabs and line feeds, which stacks have. */
export const visible = (text: string): string => text.replace(INVISIBLE, escaped);

const escaped = (character: string): string =>
  character === '\t' || character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
