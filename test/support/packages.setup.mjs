/**
 * Jest's globalSetup of `npm test`: joins the many modules of some packages into few files. Jest loads every module anew for each spec file, and
 * these were half of all modules. It is the code that the packages ship: nothing is minified, replaced or left out but what is never imported.
 */
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'node_modules/.cache/test-packages');
const STAMP = join(FOLDER, 'built');
/** What npm has installed, and this file. */
const SOURCES = ['package-lock.json', 'test/support/packages.setup.mjs'];

/** ES modules all of them. They share one copy of what they import of each other. */
const PACKAGES = [
  '@livekit/protocol',
  '@nestjs/common',
  '@nestjs/config',
  '@nestjs/core',
  '@nestjs/event-emitter',
  '@nestjs/platform-express',
  '@nestjs/platform-ws',
  '@nestjs/swagger',
  '@nestjs/terminus',
  '@nestjs/testing',
  '@nestjs/websockets',
  'jose',
  'livekit-server-sdk',
];
/** What the packages import of others that have many modules. */
const JOINED = [...PACKAGES, '@bufbuild/protobuf', 'es-toolkit'];

const outputOf = (name) => name.replace('/', '-');

/** For Jest's moduleNameMapper. */
export const joinedPackages = Object.fromEntries(
  PACKAGES.map((name) => [`^${name}$`, join(FOLDER, `${outputOf(name)}.mjs`)]),
);

export default async function globalSetup() {
  if (isCurrent()) return;
  const { build } = await import('esbuild');
  rmSync(FOLDER, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: PACKAGES.map((name) => ({ in: name, out: outputOf(name) })),
    outdir: FOLDER,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    plugins: [{ name: 'packages', setup: leaveOthers }],
  });
  writeFileSync(STAMP, '');
}

function isCurrent() {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  return SOURCES.every((path) => statSync(join(ROOT, path)).mtimeMs < built);
}

/** Jest loads all other packages, as it does for our modules; but a version that only the importer has is joined. */
function leaveOthers(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
    if (kind === 'entry-point' || pluginData?.leaveOthers) return undefined;
    const resolve = (from) =>
      bundler.resolve(path, { kind, importer, resolveDir: from, pluginData: { leaveOthers: true } });
    const [own, ours] = [await resolve(resolveDir), await resolve(ROOT)];
    const isLeft = own.path === ours.path && !JOINED.some((name) => path === name || path.startsWith(`${name}/`));
    return isLeft ? { path, external: true } : own;
  });
}
