/**
 * Jest's globalSetup of suites that start the service as a process of its own. Compiles src, as `npm run build` does, unless nothing
 * has changed since the last time. The build has no modules of a team: what our tests state is ours alone.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');
/** A package inside the repository, so that the compiled files find its packages; not `dist`, which may be running. */
const PACKAGE = join(ROOT, 'node_modules/.cache/test-build');
const BUILD = join(PACKAGE, 'dist');
const STAMP = join(BUILD, 'built');
const SETTINGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'test/support/build.setup.mjs',
];

const NO_EXTENSIONS = 'export const extensions = { modules: [] };\n';

export default function globalSetup() {
  if (isCurrent()) return;
  rmSync(PACKAGE, { recursive: true, force: true });
  compile();
  cpSync(SRC, BUILD, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  cpSync(join(ROOT, 'package.json'), join(PACKAGE, 'package.json'));
  writeFileSync(join(BUILD, 'extensions.js'), NO_EXTENSIONS);
  writeFileSync(STAMP, '');
}

function isCurrent() {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  // A folder changes when a file of it is added or removed.
  const sources = readdirSync(SRC, { recursive: true }).map((path) => join(SRC, path));
  return [SRC, ...sources, ...SETTINGS.map((path) => join(ROOT, path))].every((path) => statSync(path).mtimeMs < built);
}

/** `npm run check` checks the types. */
function compile() {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', BUILD, '--noCheck', '--declaration', 'false'];
  execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
}
