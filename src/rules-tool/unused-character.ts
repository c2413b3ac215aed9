const PREFERRED = 'xyzwvuqkjhabcdefgilmnoprst0123456789';

/** The first of some characters of which the text has none; letters come first. */
export function unusedCharacter(text: string): string {
  const used = new Set(text);
  const found = [...PREFERRED].find((character) => !used.has(character));
  if (found !== undefined) return found;
  // Letters of other scripts, from U+0100.
  let code = 0x1_00;
  while (used.has(String.fromCodePoint(code))) code += 1;
  return String.fromCodePoint(code);
}
