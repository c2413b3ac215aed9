/**
 * `npm run test:extensions`: does with the examples what a team does with its modules. Copies each into src/ of a checkout of its own,
 * with the examples that it imports, lists it in src/extensions.ts, builds, and updates openapi.json, which starts the service with it.
 * Of each alone, the imports and the architecture are checked; all together pass `npm run check` and `npm test`. With names of examples, only these are taken, each alone.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = readdirSync(join(ROOT, 'examples'));
const PAGE = 'page.html';

const folder = mkdtempSync(join(tmpdir(), 'test-extensions-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const chosen = process.argv.slice(2);
for (const example of chosen.length > 0 ? chosen : EXAMPLES) {
  registered([example]);
  run('run', 'check:imports');
  run('test', '--', 'test/architecture');
}
if (chosen.length === 0) {
  registered(EXAMPLES);
  run('run', 'check');
  run('test');
}

/** A checkout with these examples in src/extensions.ts, built. */
function registered(examples) {
  process.stdout.write(`\n== ${examples.join(', ')}\n`);
  rmSync(folder, { recursive: true, force: true });
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const path of files.split('\0')) {
    if (path !== '' && existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(folder, path));
  }
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => entry !== '.cache')) {
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  }
  const modules = examples.map((example) => copied(example));
  // What they import of other examples is copied too, and not listed.
  for (const example of new Set(examples.flatMap(importedBy))) if (!examples.includes(example)) copied(example);
  const imports = modules.map(({ name, path }) => `import { ${name} } from './${path.replace(/ts$/, 'js')}';\n`);
  const setups = examples.flatMap(setupOf);
  imports.push(...setups.map(({ name, path }) => `import { ${name} } from './${path}';\n`));
  const configure = setups.map(({ name }) => `\n  configure: ${name},`).join('');
  const extensions = join(folder, 'src/extensions.ts');
  const text = readFileSync(extensions, 'utf8').replace(
    'modules: []',
    `modules: [${modules.map(({ name }) => name).join(', ')}],${configure}`.replace(/,$/, ''),
  );
  writeFileSync(extensions, text.replace(/(?=\nexport interface)/, `\n${imports.join('')}`));
  run(
    'exec',
    '--',
    'prettier',
    '--write',
    '--log-level',
    'warn',
    'src/extensions.ts',
    ...modules.map(({ path }) => dirname(`src/${path}`)),
  );

  run('run', 'build');
  for (const example of examples) {
    if (!existsSync(join(folder, 'dist', example, PAGE))) throw new Error(`The build has no ${example}/${PAGE}.`);
  }
  run('run', 'openapi');
}

/** The module of an example, in a folder of src/ with a file that is not TypeScript. */
function copied(example) {
  const target = join(folder, 'src', example);
  cpSync(join(ROOT, 'examples', example), target, { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
  writeFileSync(join(target, PAGE), '<!doctype html>\n');
  const found = [];
  for (const path of readdirSync(target, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(target, path), 'utf8').replaceAll("'../../src/", "'../");
    writeFileSync(join(target, path), text);
    const name = /@Module\([^]*?export class (\w+)/.exec(text)?.[1];
    if (name !== undefined) found.push({ name, path: `${example}/${path}` });
  }
  if (found.length !== 1) throw new Error(`${example} has ${found.length} modules.`);
  return found[0];
}

/** What an example has for `configure`. */
function setupOf(example) {
  const files = readdirSync(join(folder, 'src', example)).filter((name) => name.endsWith('.setup.ts'));
  return files.map((file) => ({
    name: /export function (\w+)/.exec(readFileSync(join(folder, 'src', example, file), 'utf8'))[1],
    path: `${example}/${file.replace(/ts$/, 'js')}`,
  }));
}

function importedBy(example) {
  const files = readdirSync(join(ROOT, 'examples', example)).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(join(ROOT, 'examples', example, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/ from '\.\.\/(\w[\w-]*)\//g)].map(([, name]) => name));
}

function run(...args) {
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit', env: { ...process.env, INIT_CWD: folder } });
}
