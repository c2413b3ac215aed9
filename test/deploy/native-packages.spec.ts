/** Packages of a team that are built when they are installed: the one that it names is built, as in the image, and no other. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseDockerfile } from './support/dockerfile.js';

const ROOT = join(import.meta.dirname, '../..');
const ADDONS = ['addon', 'other-addon'];

let folder: string;

const npm = (args: readonly string[], cwd = folder): string => execFileSync('npm', args, { cwd, encoding: 'utf8' });

/** A package whose install script makes a file. */
function pack(name: string): void {
  const source = join(folder, 'sources', name);
  mkdirSync(source, { recursive: true });
  const install = `node -e "fs.writeFileSync('built.node', '')"`;
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name, version: '1.0.0', scripts: { install } }));
  npm(['pack', '--pack-destination', folder], source);
}

const commandOf = (stageName: string): string => {
  const stages = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const stage = stages.find(({ name }) => name === stageName);
  const install = stage?.instructions.find(({ keyword, text }) => keyword === 'RUN' && text.startsWith('npm ci'));
  if (install === undefined) throw new Error(`The stage ${stageName} does not install packages.`);
  return install.text;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-'));
  for (const name of ADDONS) pack(name);
  cpSync(join(ROOT, '.npmrc'), join(folder, '.npmrc'));
  const dependencies = Object.fromEntries(ADDONS.map((name) => [name, `file:${name}-1.0.0.tgz`]));
  const scripts = { native: 'npm rebuild --ignore-scripts=false addon' };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'team', version: '1.0.0', dependencies, scripts }),
  );
  npm(['install', '--package-lock-only']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a native package', () => {
  it.each(['build', 'packages'])('is built in the stage %s if the team names it, and no other is', (stage) => {
    execFileSync('/bin/sh', ['-c', commandOf(stage)], { cwd: folder });
    const isBuilt = (name: string): boolean => existsSync(join(folder, 'node_modules', name, 'built.node'));
    expect(ADDONS.map(isBuilt)).toEqual([true, false]);
  });

  it('is not built by the installation alone', () => {
    npm(['ci']);
    expect(existsSync(join(folder, 'node_modules/addon/package.json'))).toBe(true);
    expect(existsSync(join(folder, 'node_modules/addon/built.node'))).toBe(false);
  });
});
