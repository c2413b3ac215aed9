/** The image, by the steps of its Dockerfile: what is in it, that it starts, tells its health, stops, and finds what is wrong. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { freePort } from '../support/built-service.js';
import { FakeLiveKit } from '../../src/testing/fake-livekit.js';
import { DockerContext } from './support/docker-context.js';
import { Image } from './support/image.js';

const ROOT = join(import.meta.dirname, '../..');
/** A developer's folder holds them; an image must not. */
const STRAY = ['.env', '.env.production', 'livekit-keys.yaml', 'src/left-behind.spec.ts', 'secret.pem'];

const PAIR = { LIVEKIT_API_KEY: 'APIofAnOperator', LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-characters' };
const SETTINGS = { AUTH_MODE: 'none', ...PAIR };

let folder: string;
let context: DockerContext;
let image: Image;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-'));
  chmodSync(folder, 0o755);
  const repository = join(folder, 'repository');
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of files.toString().trim().split('\n')) {
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(repository, file));
  }
  for (const file of STRAY) writeFileSync(join(repository, file), 'LIVEKIT_API_SECRET=hunter2\n');
  const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');
  context = new DockerContext(repository);
  image = await Image.build(dockerfile, context, folder);
}, 400_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const streams = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  const [[code], ...output] = await Promise.all([once(child, 'close') as Promise<[number | null]>, ...streams]);
  return { code, output: output.join('') };
}

const isHealthy = async (port: string): Promise<boolean> =>
  (await endOf(image.start(image.healthcheck, { SERVER_PORT: port }))).code === 0;

describe('the image', () => {
  it('is made from Node 24, and says what it is', () => {
    const stages = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').match(/^FROM \S+/gm);
    expect(new Set(stages)).toEqual(new Set(['FROM node:24-slim']));
    expect(image.labels).toMatchObject({
      'org.opencontainers.image.title': 'livekit-token-service',
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    expect(image.exposed).toEqual(['6080']);
  });

  it('runs in production as a user who is not root, by number', () => {
    expect(image.environment).toEqual({ NODE_ENV: 'production' });
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('starts the service as start:prod does, with the same options of Node', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const started = [...image.entrypoint, ...image.command].join(' ');
    expect(started.replace('cli.js start', 'main.js')).toBe(scripts['start:prod']);
  });

  it('is made without secrets that lie about, which its builder is not even given', () => {
    expect(STRAY.filter((file) => context.has(file))).toEqual([]);
    expect(['package.json', 'src/main.ts'].filter((file) => !context.has(file))).toEqual([]);
  });

  it('holds the service, its packages and nothing else', () => {
    expect(readdirSync(image.path('/app')).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json']);
    const built = readdirSync(image.path('/app/dist'), { recursive: true, encoding: 'utf8' });
    expect(built).toEqual(expect.arrayContaining(['main.js', 'cli.js']));
    expect(built.filter((file) => /\.spec\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('holds each package that the service needs, and none of development', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
    };
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
    const isThere = ([path]: (typeof packages)[number]): boolean => existsSync(image.path(`/app/${path}`));
    const isNeeded = ([path, { dev, optional, devOptional }]: (typeof packages)[number]): boolean =>
      path.startsWith('node_modules/@opentelemetry/') || !(dev || optional || devOptional);
    const namesOf = (some: typeof packages): string[] => some.map(([path]) => path);
    expect(namesOf(packages.filter((one) => isThere(one) !== isNeeded(one)))).toEqual([]);
    const inDevelopment = namesOf(packages.filter((one) => !isNeeded(one)));
    expect(inDevelopment).toEqual(expect.arrayContaining(['node_modules/jest', 'node_modules/typescript']));
  });
});

describe('a container', () => {
  let port: string;
  let service: ChildProcess;
  beforeAll(async () => {
    port = String(await freePort());
    // With a collector, which need not be there: the service starts only if it finds OpenTelemetry's SDK.
    const settings = { ...SETTINGS, SERVER_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    service = image.start([...image.entrypoint, ...image.command], settings);
    while (service.exitCode === null && !(await isHealthy(port)));
  });
  afterAll(() => void service.kill('SIGKILL'));

  it('is healthy, and gives tokens', async () => {
    expect(service.exitCode).toBeNull();
    const response = await fetch(`http://127.0.0.1:${port}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ roomName: 'Test Room', participantName: 'Alice' }),
    });
    expect([response.status, await response.json()]).toEqual([200, expect.stringMatching(/^eyJ/)]);
  });

  it('finds out what is wrong by the doctor that is in it', async () => {
    const livekit = await FakeLiveKit.start();
    livekit.keys.clear();
    livekit.keys.set(PAIR.LIVEKIT_API_KEY, PAIR.LIVEKIT_API_SECRET);
    const settings = { ...SETTINGS, SERVER_PORT: port, LIVEKIT_INTERNAL_URL: livekit.url };
    const right = await endOf(image.start([...image.entrypoint, 'doctor'], settings));
    livekit.keys.clear();
    const wrong = await endOf(image.start([...image.entrypoint, 'doctor'], settings));
    await livekit.stop();
    expect([right.code, wrong.code]).toEqual([0, 1]);
    expect(wrong.output).toMatch(/^error +key/m);
  });

  it('checks join rules by the tool that is in it', async () => {
    const checked = await endOf(image.start([...image.entrypoint, 'rules', 'check', 'package.json'], {}));
    expect([checked.code, checked.output]).toEqual([1, expect.stringContaining('package.json:1:1: error: ')]);
  });

  it('stops by SIGTERM with exit code 0, and is not healthy then', async () => {
    service.kill('SIGTERM');
    expect((await endOf(service)).code).toBe(0);
    expect(await isHealthy(port)).toBe(false);
  });

  it('does not start with the keys of development', async () => {
    const { code, output } = await endOf(image.start(image.entrypoint, { AUTH_MODE: 'none' }));
    expect([code, output]).toEqual([1, expect.stringContaining('LIVEKIT_API_KEY')]);
  });
});
