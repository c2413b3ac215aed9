/** What npm would publish, in a team's repository that has nothing else. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventBody, sendWebhook } from '../../src/testing/webhook-sender.js';
import { publicPaths } from '../support/public-api.js';

import { npm, tarball, teamEnvironment, teamWith } from './support/packages.js';
import { run, started, type TeamProcess } from './support/team-process.js';

const NAME = 'livekit-token-service';

interface Manifest {
  readonly bin: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
}

let team: string;
/** Where the package is installed. */
let installed: string;
let manifest: Manifest;
beforeAll(() => {
  team = teamWith(tarball());
  installed = join(team, 'node_modules', NAME);
  manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
}, 900_000);

describe('the tarball', () => {
  const files = (): string[] =>
    execFileSync('tar', ['-tzf', tarball()], { encoding: 'utf8', maxBuffer: 2 ** 26 })
      .trim()
      .split('\n')
      .map((file) => file.replace('package/', ''));

  it('has the build, its documents and examples, and no sources, tests or settings of the repository', () => {
    const kinds = new Set(files().map((file) => file.replace(/^(dist|docs|examples|deploy)\/.*/, '$1')));
    const documents = [
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'docs',
      'examples',
      'deploy',
    ];
    const others = ['.env.example', 'dist', 'join-rules.schema.json', 'openapi.json', 'package.json'];
    expect([...kinds].sort()).toEqual([...documents, ...others].sort());
    expect(files().filter((file) => /^dist\/.*(\.spec\.|(?<!\.d)\.ts$)/.test(file))).toEqual([]);
  });

  it('has every file and folder that a document links to', () => {
    const paths = files();
    const linked = paths
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => {
        const text = readFileSync(join(installed, file), 'utf8').replace(/^```.*?^```/gms, '');
        const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, path = '']) => path);
        return targets.map((path) => posix.join(posix.dirname(file), path).replace(/\/$/, ''));
      });
    expect(linked.length).toBeGreaterThan(100);
    expect(linked.filter((path) => !paths.some((file) => file === path || file.startsWith(`${path}/`)))).toEqual([]);
  });

  it('has every file that package.json names', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    const named = [...targets, ...Object.values(manifest.bin)].map((path) => path.replace('./', ''));
    const there = new Set(files());
    expect(named.filter((path) => !there.has(path))).toEqual([]);
  });

  it('has source maps that contain the sources', () => {
    const map = JSON.parse(readFileSync(join(installed, 'dist/service.js.map'), 'utf8')) as {
      sources: string[];
      sourcesContent: string[];
    };
    expect(map.sources).toEqual(['../src/service.ts']);
    expect(map.sourcesContent[0]).toContain('export function startService(');
  });

  it('contains no path of the machine that built it', () => {
    const texts = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(js|map|ts)$/.test(file))
      .filter((file) => readFileSync(join(installed, 'dist', file), 'utf8').includes(process.cwd()));
    expect(texts).toEqual([]);
  });
});

describe('installed', () => {
  it('leaves a tree without errors, with one copy of all that modules of a team share with the service', () => {
    interface Tree {
      readonly problems?: string[];
      readonly dependencies?: Record<string, Tree>;
    }
    const tree = JSON.parse(npm(team, 'ls', '--all', '--json')) as Tree;
    expect(tree.problems).toBeUndefined();
    const shared = Object.keys(manifest.peerDependencies);
    expect(shared).toEqual(expect.arrayContaining(['@nestjs/common', '@nestjs/core', 'livekit-server-sdk']));
    expect(shared.filter((name) => !existsSync(join(team, 'node_modules', name)))).toEqual([]);
    expect(shared.filter((name) => existsSync(join(installed, 'node_modules', name)))).toEqual([]);
  });

  it('is imported by its paths, and by no other', () => {
    const imported = (path: string): string =>
      execFileSync(
        process.execPath,
        [
          '-e',
          `import('${path}').then((module) => console.log(Object.keys(module).length), ({ code }) => console.log(code))`,
        ],
        { cwd: team, env: teamEnvironment(), encoding: 'utf8' },
      ).trim();
    for (const { path } of publicPaths())
      expect([path, imported(path)]).toEqual([path, expect.stringMatching(/^\d+$/)]);
    expect(imported(`${NAME}/dist/app.module.js`)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it("passes the team's own test, on livekit-token-service/testing", () => {
    expect(npm(team, 'test')).toMatch(/pass 1\b/);
  });
});

describe("a team's service", () => {
  let service: TeamProcess;
  beforeAll(async () => {
    service = await started(team, [process.execPath, 'dist/main.js']);
  }, 300_000);
  afterAll(async () => {
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('signs tokens on the terms of its policy', async () => {
    const response = await post('/token', { roomName: 'open', participantName: 'Alice' });
    expect(response.status).toBe(200);
    const [, payload = ''] = ((await response.json()) as string).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      sub: string;
      exp: number;
      nbf: number;
    };
    expect(claims.sub).toBe('Alice');
    expect(claims.exp - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(120);
    const refused = await post('/livekit/token', { room_name: 'closed', participant_identity: 'a' });
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ code: 'ROOM_CLOSED' })]);
  });

  it('tells its listener of a signed webhook, and refuses another', async () => {
    const event = eventBody('room_started', { room: { sid: 'RM_1', name: 'open' } });
    expect((await sendWebhook(service.url, event)).status).toBe(200);
    expect(await (await post('/bookings', { seats: 4 })).json()).toEqual({ seats: 4, started: ['open'] });
    expect((await post('/livekit/webhook', { event: 'room_started' })).status).toBe(401);
  });

  it('checks the DTO of its route, and describes it', async () => {
    const invalid = await post('/bookings', { seats: 13 });
    expect([invalid.status, await invalid.json()]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/seats', code: 'MAX' })] }),
    ]);
    const { paths } = (await (await fetch(`${service.url}/docs-json`)).json()) as { paths: Record<string, object> };
    expect(Object.keys(paths['/bookings'] ?? {})).toEqual(['post']);
    expect(Object.keys(paths)).toContain('/token');
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
  });

  it('has its metric and its health check', async () => {
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/^team_booked_total\{kind="anonymous"\} 1$/m);
    const health = await (await fetch(`${service.url}/health/ready`)).text();
    expect(health).toContain('"calendar"');
  });

  it('serves the page and the packages that it needs', async () => {
    const page = await (await fetch(`${service.url}/`)).text();
    const scripts = [...page.matchAll(/src="([^"]+\.js)"/g)].map(([, path = '']) => path);
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) expect((await fetch(new URL(path, `${service.url}/`))).status).toBe(200);
  });
});

describe('the program', () => {
  const program = join('node_modules/.bin', NAME);

  it('starts without any code', async () => {
    const service = await started(team, [program]);
    const response = await fetch(`${service.url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ roomName: 'closed', participantName: 'Alice' }),
    });
    expect(response.status).toBe(200);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it('starts with the extensions of a team, and checks them with the doctor', async () => {
    const service = await started(team, [program, 'start', '--extensions', 'dist/extensions.js']);
    expect((await fetch(`${service.url}/bookings`, { method: 'POST' })).status).toBe(400);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    const doctor = await run(team, [program, 'doctor', '--extensions', 'dist/extensions.js']);
    await doctor.exited;
    expect(doctor.output()).toMatch(/^ok +calendar +The calendar is there\.$/m);
  });

  it('reports misconfiguration in words, as startService does', async () => {
    const settings = { NODE_ENV: 'production', TOKEN_TTL: 'hunter2' };
    for (const command of [[program], [process.execPath, 'dist/main.js']]) {
      const failed = await run(team, command, settings);
      expect(await failed.exited).toBe(1);
      expect(failed.output()).toMatch(/^The service did not start\. The environment is not valid:\n/);
      expect(failed.output()).not.toMatch(/hunter2|\n\s+at /);
    }
  });
});
