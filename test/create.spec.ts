/** `npm create livekit-service`: what it writes, asks and refuses. `npm run test:package` installs, tests and starts what it writes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../src/testing/eventually.js';

import { DockerContext } from './deploy/support/docker-context.js';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'packages/create/bin/create-livekit-service.mjs');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: object;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function create(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const filesIn = (path: string): string[] =>
  readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, path).length + 1))
    .sort();

const COMMON = [
  '.dockerignore',
  '.env',
  '.env.example',
  '.github/workflows/ci.yml',
  '.gitignore',
  'Dockerfile',
  'README.md',
  'package.json',
  'src/main.ts',
  'src/rooms/rooms.module.ts',
  'src/rooms/rooms.test.ts',
  'tsconfig.json',
];

describe('writes', () => {
  it.each([
    ['none', 'policy', 'src/rooms/rooms.policy.ts'],
    ['none', 'listener', 'src/rooms/rooms.listener.ts'],
    ['none', 'route', 'src/rooms/rooms.controller.ts'],
    ['oidc', 'policy', 'src/rooms/rooms.policy.ts'],
    ['oidc', 'listener', 'src/rooms/rooms.listener.ts'],
    ['oidc', 'route', 'src/rooms/rooms.controller.ts'],
  ])('a repository for --auth %s --module %s', (auth, module, file) => {
    const { code, stdout, stderr } = create('calls', '--auth', auth, '--module', module);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('cd calls');
    expect(filesIn('calls')).toEqual([...COMMON, file].sort());
    expect(read('calls/.env')).toContain(`AUTH_MODE=${auth}\n`);
    expect(read('calls/.env.example')).toBe(read('calls/.env'));
    expect(read('calls/src/rooms/rooms.test.ts').includes('FakeIssuer')).toBe(auth === 'oidc');
    expect(read('calls/README.md')).toMatch(/^# calls\n/);
    for (const path of filesIn('calls')) expect(read(`calls/${path}`)).not.toContain('my-service');
  });

  it('the defaults without a terminal, and the same with --yes', () => {
    expect(create().code).toBe(0);
    expect(create('other', '--name', 'my-service', '--yes').code).toBe(0);
    expect(filesIn('my-service')).toEqual([...COMMON, 'src/rooms/rooms.policy.ts'].sort());
    for (const path of filesIn('my-service')) expect(read(`other/${path}`)).toBe(read(`my-service/${path}`));
  });

  it('into an empty folder, which may be the current one, under another name', () => {
    mkdirSync(join(folder, 'empty'));
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, '.', '--name', '@acme/calls'], {
      cwd: join(folder, 'empty'),
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, expect.not.stringContaining('cd ')]);
    expect(manifestOf(join(folder, 'empty')).name).toBe('@acme/calls');
  });

  it('dependencies in the versions of this repository', () => {
    create('calls');
    const root = manifestOf(ROOT);
    const { engines, dependencies, devDependencies } = manifestOf(join(folder, 'calls'));
    const { 'livekit-token-service': service, ...peers } = dependencies;
    expect(service).toBe(`^${root.version}`);
    expect(root.peerDependencies).toMatchObject(peers);
    const pinned = Object.entries(devDependencies).map(([name, version]) => [name, version.replace('^', '')]);
    expect(root.devDependencies).toMatchObject(Object.fromEntries(pinned));
    expect([engines, manifestOf(join(ROOT, 'packages/create')).version]).toEqual([root.engines, root.version]);
  });

  it('what npm takes in place of a version, a path relative to where it runs', () => {
    writeFileSync(join(folder, 'service.tgz'), '');
    create('one', '--package', 'service.tgz');
    create('two', '--package', '1.2.3');
    const dependencyOf = (name: string): unknown =>
      manifestOf(join(folder, name)).dependencies['livekit-token-service'];
    expect([dependencyOf('one'), dependencyOf('two')]).toEqual([`file:${join(folder, 'service.tgz')}`, '1.2.3']);
  });

  it('a Dockerfile whose files reach the builder, and no settings or tests beside them', () => {
    create('calls');
    writeFileSync(join(folder, 'calls/package-lock.json'), '{}');
    const context = new DockerContext(join(folder, 'calls'));
    expect(filesIn('calls').filter((path) => context.has(path))).toEqual([
      'package-lock.json',
      'package.json',
      'src/main.ts',
      'src/rooms/rooms.module.ts',
      'src/rooms/rooms.policy.ts',
      'tsconfig.json',
    ]);
  });
});

describe('refuses with 2, and writes nothing', () => {
  it.each([
    [['calls', '--auth', 'ldap'], '--auth must be one of: none, oidc.'],
    [['calls', '--module', 'gateway'], '--module must be one of: policy, listener, route.'],
    [['calls', '--colour'], "Unknown option '--colour'"],
    [['calls', '--auth'], "Option '--auth <value>' argument missing"],
    [['calls', 'other'], 'Only one directory'],
    [['calls', '--package', ''], '--package is empty.'],
    [[''], 'The directory is empty.'],
    [['Calls'], '"Calls" cannot be the name of a package'],
    [['calls', '--name', '.calls'], '".calls" cannot be the name of a package'],
    [['calls', '--name', 'a'.repeat(215)], 'cannot be the name of a package'],
  ])('%j', (args, message) => {
    const { code, stdout, stderr } = create(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a folder that is not empty', () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { code, stderr } = create('.', '--name', 'calls');
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not empty')]);
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });
});

it('fails with 1 where it cannot write', () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, stderr } = create('file/calls');
  expect([code, stderr]).toEqual([1, expect.stringContaining('ENOTDIR')]);
});

it('has help and a version', () => {
  expect(create('--help')).toEqual({ code: 0, stdout: expect.stringContaining('--module KIND'), stderr: '' });
  expect(create('-v')).toEqual({ code: 0, stdout: `${manifestOf(ROOT).version}\n`, stderr: '' });
});

describe('on a terminal', () => {
  let child: ChildProcess;
  let printed: string;
  let ended: Promise<number | null>;
  const type = async (prompt: string, answer: string): Promise<void> => {
    await eventually(() => printed.includes(prompt));
    printed = '';
    child.stdin?.write(answer);
  };
  const onTerminal = (...args: string[]): void => {
    printed = '';
    const command = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    ended = once(child, 'close').then(([code]) => code as number | null);
  };

  it('asks for all, and again after an answer that is none', async () => {
    onTerminal();
    await type('Directory (my-service): ', 'calls\r');
    await type('auth (none): ', 'ldap\r');
    await type('Type one of: none, oidc.', 'oidc\r');
    await type('module (policy): ', '\r');
    expect(await ended).toBe(0);
    expect(read('calls/.env')).toContain('AUTH_MODE=oidc');
    expect(existsSync(join(folder, 'calls/src/rooms/rooms.policy.ts'))).toBe(true);
  });

  it('asks for nothing that is given, and for nothing with --yes', async () => {
    onTerminal('calls', '--auth', 'none');
    await type('module (policy): ', 'route\r');
    expect(await ended).toBe(0);
    expect(existsSync(join(folder, 'calls/src/rooms/rooms.controller.ts'))).toBe(true);
    onTerminal('other', '--yes');
    expect(await ended).toBe(0);
    expect(read('other/package.json')).toContain('"other"');
  });

  it.each([
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])('ends with 1 at %s, and writes nothing', async (_name, key) => {
    onTerminal('calls');
    await type('auth (none): ', key);
    expect(await ended).toBe(1);
    expect(printed).toContain('Nothing was written.');
    expect(readdirSync(folder)).toEqual([]);
  });
});
