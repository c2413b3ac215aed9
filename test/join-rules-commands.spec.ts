/** The commands of the pages about join rules print what the pages show, with the files of the pages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { runRulesTool } from '../src/rules-tool/rules.cli.js';

import { temporaryFile } from './support/temporary-file.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const PREFIX = /^npm run (?:-s )?rules -- /;

interface Shown {
  readonly command: string;
  /** The block behind the command, if it follows at once. */
  readonly output: string | undefined;
}

const pageOf = (name: string): string => readFileSync(join(import.meta.dirname, '../docs', name), 'utf8');

/** By the name that is mentioned last before the block. */
function filesOf(page: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let before = 0;
  for (const { index, 0: block, 1: content = '' } of page.matchAll(/```(?:yaml|json)\n([^]*?)```\n/g)) {
    const [, name] = [...page.slice(before, index).matchAll(/`([\w.-]+\.(?:yaml|json))`/g)].at(-1) ?? [];
    if (name !== undefined && !files.has(name)) files.set(name, content);
    before = index + block.length;
  }
  return files;
}

function commandsOf(page: string): Shown[] {
  return [...page.matchAll(/```sh\n([^]*?)```\n(?:\n```\n([^]*?)```\n)?/g)].flatMap(([, lines = '', output]) =>
    lines
      .split('\n')
      .filter((line) => PREFIX.test(line))
      .map((line) => ({ command: line.replace(PREFIX, ''), output })),
  );
}

describe.each([
  ['join-rules.md', 2],
  ['join-rules-tool.md', 6],
])('docs/%s', (name, count) => {
  const page = pageOf(name);
  const paths = new Map([...filesOf(page)].map(([file, content]) => [file, temporaryFile(content).path]));
  const commands = commandsOf(page);

  it('has commands', () => {
    expect(commands.length).toBeGreaterThanOrEqual(count);
  });

  it.each(commands.map((shown) => [shown.command, shown] as const))('%s', async (_title, { command, output }) => {
    let [out, err] = ['', ''];
    const args = command.split(' ').map((arg) => paths.get(arg) ?? arg);
    const code = await runRulesTool(args, NOW, { write: (text) => (out += text) }, { write: (text) => (err += text) });
    for (const [file, path] of paths) out = out.replaceAll(path, file);
    expect([code, err]).toEqual([command.startsWith('diff') ? 1 : 0, '']);
    if (output !== undefined) expect(out).toBe(output);
  });
});
