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
/** CommonJS modules, each with what it requires but the others of them. */
const COMMONJS = ['@opentelemetry/api', 'cors', 'express', 'fast-jwt', 'prom-client'];
/** Tables among what they require, which are parsed faster as JSON, or never. */
const TABLES = ['iconv-lite', 'mime-db'];
/** What the packages import of others that have many modules. */
const JOINED = [...PACKAGES, '@bufbuild/protobuf', 'es-toolkit', 'iterare'];

const outputOf = (name) => name.replace('/', '-');
const mapped = (names, extension) => names.map((name) => [`^${name}$`, join(FOLDER, `${outputOf(name)}${extension}`)]);

/** For Jest's moduleNameMapper. */
export const joinedPackages = Object.fromEntries([...mapped(PACKAGES, '.mjs'), ...mapped(COMMONJS, '.cjs')]);

export default async function globalSetup() {
  if (isCurrent()) return;
  const { build } = await import('esbuild');
  rmSync(FOLDER, { recursive: true, force: true });
  const joined = (names, format, extension, isLeft) =>
    build({
      absWorkingDir: ROOT,
      entryPoints: names.map((name) => ({ in: name, out: outputOf(name) })),
      outdir: FOLDER,
      outExtension: { '.js': extension },
      bundle: true,
      splitting: format === 'esm',
      format,
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
      plugins: [{ name: 'packages', setup: leaving(isLeft) }],
    });
  const isJoined = (path) => JOINED.some((name) => path === name || path.startsWith(`${name}/`));
  await joined(PACKAGES, 'esm', '.mjs', (path) => !isJoined(path));
  await joined(COMMONJS, 'cjs', '.cjs', (path) => [...COMMONJS, ...TABLES].includes(path));
  writeFileSync(STAMP, '');
}

function isCurrent() {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  return SOURCES.every((path) => statSync(join(ROOT, path)).mtimeMs < built);
}

/** Jest loads these packages, as it does our modules; but a version that only the importer has is joined. */
const leaving = (isLeft) => (bundler) => {
  bundler.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
    if (kind === 'entry-point' || pluginData?.leaving) return undefined;
    const resolve = (from) =>
      bundler.resolve(path, { kind, importer, resolveDir: from, pluginData: { leaving: true } });
    const [own, ours] = [await resolve(resolveDir), await resolve(ROOT)];
    return own.path === ours.path && isLeft(path) ? { path, external: true } : own;
  });
};
