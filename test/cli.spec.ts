/** `livekit-token-service`, the program of the package, as it is built. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';

import { BUILD, runBuilt, type ServiceProcess, spawnService, untilListening } from './support/built-service.js';
import { temporaryFile } from './support/temporary-file.js';

const ROOT = join(import.meta.dirname, '..');
const LOADED_FILES = pathToFileURL(join(import.meta.dirname, 'support/loaded-files.mjs')).href;

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = (...args: string[]) => runBuilt('cli.js', args);

describe('the command line', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await cli('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help on standard output', async () => {
    const { code, stdout, stderr } = await cli('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const command of ['start', 'doctor', 'rules']) expect(stdout).toContain(`  ${command} `);
  });

  it.each(['begin', 'start now', '--prot', 'start --extensions'])(
    'refuses %s: exit code 2, usage on standard error',
    async (line) => {
      const { code, stdout, stderr } = await cli(...line.split(' '));
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('Usage: ')]);
    },
  );

  it('passes the arguments of rules on to the tool', async () => {
    const rules = temporaryFile("[{ rooms: ['*'] }]").path;
    const { code, stdout } = await cli('rules', 'check', rules, '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, { errors: [], warnings: [] }]);
  });
});

describe('extensions', () => {
  let service: ServiceProcess | undefined;
  afterEach(() => void service?.child.kill('SIGKILL'));

  const file = join(folder, 'extensions.mjs');
  const run = async (args: string[], settings: Record<string, string> = {}): Promise<ServiceProcess> => {
    service = await spawnService(settings, ['cli.js', ...args]);
    return service;
  };

  it('starts with the modules of a file, and ends by SIGTERM', async () => {
    writeFileSync(
      file,
      `class TeamModule { onModuleInit() { process.stdout.write('The module is there.\\n'); } }
       export const extensions = {
         modules: [TeamModule],
         configure: (app) => void app.use('/team', (_request, response) => response.end('of the team')),
       };`,
    );
    const { url, child, output, exited } = await run(['start', '--extensions', file]);
    await untilListening(service as ServiceProcess);
    expect(await (await fetch(`${url}/team`)).text()).toBe('of the team');
    expect(output()).toContain('The module is there.');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it.each([
    ['is not there', 'missing.mjs', undefined],
    ['exports something else', 'other.mjs', 'export default { modules: [] };'],
  ])('does not start with a file that %s, and says so without a stack trace', async (_what, name, content) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    const { exited, output } = await run(['--extensions', path]);
    expect(await exited).toBe(1);
    expect(output()).toMatch(/^The service did not start\. .*(missing|other)\.mjs .*\n$/);
  });

  it('does not examine a file that is not there', async () => {
    const { code, stderr } = await cli('doctor', '--extensions', 'missing.mjs');
    expect([code, stderr]).toEqual([2, 'missing.mjs does not exist.\n']);
  });

  it('runs the checks of their modules with the doctor', async () => {
    writeFileSync(
      file,
      `import { pathToFileURL } from 'node:url';
       const { DoctorCheck, ok } = await import(${JSON.stringify(pathToFileURL(join(BUILD, 'public/doctor.js')).href)});
       class Check { run() { return [ok('The bookings are there.')]; } }
       DoctorCheck('bookings')(Check);
       class TeamModule {}
       export const extensions = { modules: [{ module: TeamModule, providers: [Check] }] };`,
    );
    const { stdout } = await cli('doctor', '--extensions', file);
    expect(stdout).toMatch(/^ok +bookings +The bookings are there\.$/m);
  });
});

describe('what is not used', () => {
  let service: ServiceProcess | undefined;
  afterEach(() => void service?.child.kill('SIGKILL'));

  /** The addresses of the files that a service has loaded until its end, in order. */
  async function filesOf(
    use: (url: string) => Promise<unknown>,
    args: string[] = [],
    settings: Record<string, string> = {},
  ): Promise<string[]> {
    const list = temporaryFile('').path;
    const hook = { LOADED_FILES: list, NODE_OPTIONS: `--import=${LOADED_FILES}` };
    service = await spawnService({ ...hook, ...settings }, ['cli.js', 'start', ...args]);
    await untilListening(service);
    await use(service.url);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    return readFileSync(list, 'utf8').split('\n');
  }

  async function loadedBy(use: (url: string) => Promise<unknown>): Promise<Set<string>> {
    const files = await filesOf(use);
    return new Set(files.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []));
  }

  const token = (url: string) =>
    fetch(`${url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ roomName: 'r', participantName: 'p' }),
    });

  it('is not loaded: Redis, Swagger, YAML, the SDK of OpenTelemetry, packages of development', async () => {
    const loaded = await loadedBy(token);
    // Of both kinds: ES modules and CommonJS.
    for (const name of ['@nestjs/core', 'livekit-server-sdk', 'express', '@opentelemetry/api']) {
      expect(loaded).toContain(name);
    }
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: object;
      optionalDependencies: object;
    };
    // Nest and LiveKit's SDK load these.
    const needed = new Set(['@nestjs/websockets', '@livekit/protocol']);
    const unused = ['ioredis', 'rate-limiter-flexible', '@nestjs/swagger', 'swagger-ui-dist', 'yaml', 'livekit-client']
      .concat(Object.keys(manifest.optionalDependencies), Object.keys(manifest.devDependencies))
      .filter((name) => !needed.has(name));
    expect(unused.filter((name) => loaded.has(name))).toEqual([]);
  });

  it('is loaded when it is used: Swagger, for the description of the routes', async () => {
    const loaded = await loadedBy((url) => fetch(`${url}/docs-json`));
    expect(loaded).toContain('@nestjs/swagger');
  });

  it("is loaded in time: OpenTelemetry's SDK before Nest and the modules of a team", async () => {
    const file = join(folder, 'traced.mjs');
    writeFileSync(file, 'export const extensions = { modules: [] };');
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const files = await filesOf(token, ['--extensions', file], settings);
    const places = ['/@opentelemetry/sdk-trace-node/', '/traced.mjs', '/@nestjs/core/'].map((part) =>
      files.findIndex((url) => url.includes(part)),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });
});
