const PREFERRED = 'xyzwvuqkjhabcdefgilmnoprst0123456789';

/** The first character that is not used; letters come first. */
export function unusedCharacter(used: ReadonlySet<string>): string {
  const found = [...PREFERRED].find((character) => !used.has(character));
  if (found !== undefined) return found;
  // Letters of other scripts, from U+0100.
  let code = 0x1_00;
  while (used.has(String.fromCodePoint(code))) code += 1;
  return String.fromCodePoint(code);
}
