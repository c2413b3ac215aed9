/** The tarballs that the specs install, and repositories of teams that install them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');
/** Filled by pack.setup.mjs. */
const PACKED = join(ROOT, 'node_modules/.cache/test-package');

/** The version of TypeScript and of Node's types that teams have, too. */
const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};
const TOOLS = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder with nothing of the repository around it. Removed after the spec. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  folders.push(folder);
  return folder;
}

/** The tarball of this checkout. */
export function tarball(): string {
  const [file = ''] = readdirSync(PACKED);
  return join(PACKED, file);
}

/** The first commit that has a file. */
export function commitThatAdded(file: string): string {
  const command = ['log', '--diff-filter=A', '--format=%H', '--', file];
  return execFileSync('git', command, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
}

/** The tarball of an earlier commit, with an earlier version. */
export function earlierTarball(commit: string): string {
  const folder = emptyFolder();
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x'], { cwd: folder, input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, version: '0.0.1' }));
  npm(folder, 'pack', '--ignore-scripts=false');
  return join(folder, 'livekit-token-service-0.0.1.tgz');
}

/** Runs npm as a team does, without the settings of this repository. Returns standard output; throws with all output if it fails. */
export function npm(folder: string, ...args: string[]): string {
  const result = spawnSync('npm', args, { cwd: folder, env: teamEnvironment(), encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

/** Without what `npm run` and Jest set for this repository. */
export function teamEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|cafile|cache)$)|NODE_|JEST_|INIT_CWD|FORCE_COLOR)/i.test(name),
  );
  return Object.fromEntries(entries);
}

/** A repository, of a team or of a host application, in an empty folder, which has installed the tarball and built its modules. */
export function teamWith(archive: string, template: 'team' | 'host' | 'transports' = 'team'): string {
  const folder = emptyFolder();
  cpSync(join(ROOT, 'test/package', template), folder, { recursive: true });
  install(folder, archive);
  npm(folder, 'install', '--save-dev', '--no-audit', '--no-fund', ...TOOLS);
  npm(folder, 'run', 'build');
  return folder;
}

export const install = (folder: string, archive: string): string =>
  npm(folder, 'install', '--no-audit', '--no-fund', archive);
