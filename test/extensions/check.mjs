/**
 * `npm run test:extensions`: does with the examples what a team does with its modules, in a checkout of its own: copies them into src/, with the
 * examples that they import and a file that is not TypeScript, and lists them in src/extensions.ts.
 *
 * All together pass `npm run check`, `npm run build` and `npm test`. Of each alone it is enough to compile it and to start and stop the
 * service with it, because everything else gives the same result alone as together:
 * - No spec imports src/extensions.ts, which the script has Jest confirm. Specs that start the service as a process build it without a team's
 *   modules (test/support/build.setup.mjs).
 * - Formatting, lint, and specs that read src/ (architecture, internals) look at one file at a time, and the files are the same.
 * - Rules about imports forbid edges and cycles; those of one example are among those of all. That every file of ours is reached holds without
 *   examples.
 * What an example may lack alone is another one: a file that it imports, or a provider that it injects. The compiler or the start fails then.
 *
 * With names of examples, only these are taken, each alone. With `--whole`, each alone passes all that all together pass, which takes about
 * three minutes an example.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = readdirSync(join(ROOT, 'examples'));
const PAGE = 'page.html';
/** A busy machine takes several times the second that a start or a stop takes. */
const PATIENCE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'test-extensions-'));
const extensions = join(folder, 'src/extensions.ts');
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

checkOut();
const related = run('test', ['--silent', '--', '--listTests', '--findRelatedTests', 'src/extensions.ts'], 'pipe');
if (related.includes('.spec.ts')) throw new Error(`Specs depend on the modules of a team:\n${related}`);

const { values, positionals: chosen } = parseArgs({ options: { whole: { type: 'boolean' } }, allowPositionals: true });
for (const example of chosen.length > 0 ? chosen : EXAMPLES) {
  if (values.whole) {
    await passAll([example]);
  } else {
    register([example]);
    compile();
    await startAndStop();
  }
}
if (chosen.length === 0) await passAll(EXAMPLES);

async function passAll(examples) {
  register(examples);
  run('run', ['check']);
  run('run', ['build']);
  expectPages(examples);
  await startAndStop();
  run('test');
}

/** The files of this checkout, committed or not, and its packages, as `npm ci` installs them. */
function checkOut() {
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
}

/** Only these examples are in src/ and in src/extensions.ts. */
function register(examples) {
  process.stdout.write(`\n== ${examples.join(', ')}\n`);
  for (const example of EXAMPLES) rmSync(join(folder, 'src', example), { recursive: true, force: true });
  const modules = examples.map((example) => copied(example));
  // What they import of other examples is copied too, and not listed.
  for (const example of new Set(examples.flatMap(importedBy))) if (!examples.includes(example)) copied(example);
  const imports = modules.map(({ name, path }) => `import { ${name} } from './${path.replace(/ts$/, 'js')}';\n`);
  const setups = examples.flatMap(setupOf);
  imports.push(...setups.map(({ name, path }) => `import { ${name} } from './${path}';\n`));
  const configure = setups.map(({ name }) => `\n  configure: ${name},`).join('');
  const text = readFileSync(join(ROOT, 'src/extensions.ts'), 'utf8').replace(
    'modules: []',
    `modules: [${modules.map(({ name }) => name).join(', ')}],${configure}`.replace(/,$/, ''),
  );
  writeFileSync(extensions, text.replace(/(?=\nexport const)/, `\n${imports.join('')}`));
  const written = ['src/extensions.ts', ...modules.map(({ path }) => dirname(`src/${path}`))];
  run('exec', ['--', 'prettier', '--write', '--log-level', 'warn', ...written]);
}

/** The module of an example, in a folder of src/ with a file that is not TypeScript. */
function copied(example) {
  const target = join(folder, 'src', example);
  cpSync(join(ROOT, 'examples', example), target, { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
  writeFileSync(join(target, PAGE), '<!doctype html>\n');
  const found = [];
  for (const path of readdirSync(target, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(target, path), 'utf8');
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

/** As `npm run build` does, but only what has changed since the last time. */
function compile() {
  const state = join(folder, 'node_modules/.tsbuildinfo');
  run('exec', ['--', 'tsc', '-p', 'tsconfig.build.json', '--incremental', '--tsBuildInfoFile', state]);
  run('run', ['--silent', 'build:assets']);
}

function expectPages(examples) {
  for (const example of examples) {
    if (!existsSync(join(folder, 'dist', example, PAGE))) throw new Error(`The build has no ${example}/${PAGE}.`);
  }
}

/** The built service starts with the registered modules, and ends by SIGTERM. */
async function startAndStop() {
  const port = await freePort();
  const service = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { SERVER_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [service.stdout, service.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const closed = once(service, 'close');
  const failed = (what) => new Error(`The service ${what}:\n${output}`);
  const timer = setTimeout(() => service.kill('SIGKILL'), PATIENCE_MS);
  while (!(await isAlive(port)))
    if (service.exitCode !== null || service.signalCode !== null) throw failed('did not start');
  service.kill('SIGTERM');
  const [code] = await closed;
  clearTimeout(timer);
  if (code !== 0) throw failed(`ended with ${code}`);
}

async function isAlive(port) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function run(command, args = [], stdout = 'inherit') {
  const env = { ...process.env, INIT_CWD: folder };
  return execFileSync('npm', [command, ...args], {
    cwd: folder,
    stdio: ['ignore', stdout, 'inherit'],
    env,
    encoding: 'utf8',
  });
}
