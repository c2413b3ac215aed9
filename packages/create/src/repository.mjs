import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { checkName } from './choices.mjs';
import { UsageError } from './usage.error.mjs';

const TEMPLATE = join(import.meta.dirname, '../template');
/** The name that the files of the template have in place of the chosen one. */
const PLACEHOLDER = 'my-service';
const SERVICE = 'livekit-token-service';

/**
 * Writes the repository and returns its files. `livekitTokenService` is the version, or what npm takes instead, of the dependency.
 */
export function writeRepository({ directory, name, auth, module, livekitTokenService }) {
  const target = resolve(directory);
  const packageName = name ?? basename(target);
  checkName(packageName);
  if (existsSync(target) && readdirSync(target).length > 0) throw new UsageError(`${target} is not empty.`);

  const files = new Map();
  for (const layer of ['common', auth, module, `${module}-${auth}`]) {
    for (const path of filesOf(join(TEMPLATE, layer))) {
      files.set(nameOf(path), readFileSync(join(TEMPLATE, layer, path), 'utf8').replaceAll(PLACEHOLDER, packageName));
    }
  }
  files.set('.env', files.get('.env.example'));
  files.set('package.json', withService(files.get('package.json'), livekitTokenService));

  for (const [path, text] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  return [...files.keys()].sort();
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** npm leaves files such as .gitignore out of packages, so the template has `_` in place of their dot. */
function nameOf(path) {
  return path.replace(/^_/, '.');
}

function withService(text, version) {
  const manifest = JSON.parse(text);
  manifest.dependencies[SERVICE] = version;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
