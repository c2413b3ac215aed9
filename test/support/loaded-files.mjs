/**
 * For `node --import`: appends the address of each file that the process loads to the file that LOADED_FILES names, that of CommonJS
 * files when the process ends.
 */
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

const file = process.env['LOADED_FILES'];

const HOOKS = `
import { appendFileSync } from 'node:fs';
let file;
export function initialize(data) { file = data; }
export async function load(url, context, next) {
  appendFileSync(file, url + '\\n');
  return next(url, context);
}`;

if (file !== undefined) {
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: file });
  const { cache } = createRequire(import.meta.url);
  process.on('exit', () => {
    const paths = Object.keys(cache);
    appendFileSync(file, paths.map((path) => `${pathToFileURL(path).href}\n`).join(''));
  });
}
