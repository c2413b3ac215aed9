/** The files of the page: those beside this one, by name, and LiveKit's client from its package. Found at the first request. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface ServedFile {
  readonly name: string;
  /** Apart from the name, as Express would serve nothing out of a folder with a dot otherwise. */
  readonly root: string;
}

/** Static files of the page, and the scripts that the build compiles. */
const FOLDERS = ['public', 'browser'].map((name) => join(import.meta.dirname, name));

export const PAGE: ServedFile = { name: 'index.html', root: join(import.meta.dirname, 'public') };

let files: ReadonlyMap<string, ServedFile> | undefined;

/** The file that the page loads by this name; undefined if there is none. */
export function fileOf(name: string): ServedFile | undefined {
  files ??= new Map(
    FOLDERS.flatMap((root) => readdirSync(root).map((file) => [file, { name: file, root }] as const)).filter(([file]) =>
      /\.(?:css|svg|js)$/.test(file),
    ),
  );
  return files.get(name);
}

export interface ServedPackage {
  /** With its version, so that browsers can keep what is behind it for good. */
  readonly address: string;
  readonly file: ServedFile;
}

let client: ServedPackage | undefined;

/** By path, without loading it: it is of no use outside of a browser. */
export function liveKitClient(): ServedPackage {
  client ??= find();
  return client;
}

function find(): ServedPackage {
  // Beside the entry that Node finds for this package lies the one for browsers; its package.json is not exported.
  const root = dirname(createRequire(import.meta.url).resolve('livekit-client'));
  const { version } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8')) as { version: string };
  return { address: `livekit-client-${version}.mjs`, file: { name: 'livekit-client.esm.mjs', root } };
}
