/** The shape of the code, executed: which folder may know which, one class a file, and one place for the environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const SRC = join(import.meta.dirname, '../src');

/** A folder imports only itself and the folders before it. */
const ORDER = [
  'config',
  'logging',
  'errors',
  'validation',
  'server',
  'health',
  'redis',
  'livekit',
  'revocations',
  'auth',
  'rate-limit',
  'policy',
  'rules',
  'webhook',
  'access',
  'token',
  'metrics',
  'openapi',
  'playground',
  'doctor',
  // Deprecated paths that teams still import.
  'dependencies',
];

/** Packages that one file of ours stands for, and that file. */
const WRAPPED: Record<string, string[]> = {
  AccessToken: ['token/livekit-token.service.ts'],
  'process.env': ['config/environment.module.ts'],
  "from 'yaml'": ['config/yaml.ts'],
  "from 'ioredis'": ['redis/redis.connection.ts'],
  "from 'prom-client'": ['metrics/metrics.registry.ts'],
  "from 'livekit-client'": ['playground/browser/call.ts'],
  NODE_ENV: ['config/environment.ts', 'config/variable.ts'],
};

interface SourceFile {
  /** With slashes, from src. */
  readonly path: string;
  readonly text: string;
}

const all: SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(SRC, path), 'utf8') }));

const folderOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '');

/** Ours. The folders of a team, which extensions.ts lists, keep no rules but to be known to nobody else. */
const files = all.filter(({ path }) => folderOf(path) === '' || ORDER.includes(folderOf(path)));

const importsOf = ({ path, text }: SourceFile): string[] =>
  [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map(([, target = '']) =>
    relative(SRC, join(SRC, dirname(path), target))
      .split(sep)
      .join('/'),
  );

describe('the architecture', () => {
  it("has only folders that it knows the place of, or that are a team's", () => {
    const listed = new Set(
      files
        .filter(({ path }) => path === 'extensions.ts')
        .flatMap(importsOf)
        .map(folderOf),
    );
    const unknown = all.map(({ path }) => folderOf(path)).filter((folder) => folder !== '' && !ORDER.includes(folder));
    expect([...new Set(unknown)].filter((folder) => !listed.has(folder))).toEqual([]);
  });

  it('lets extensions.ts alone know the folders of a team', () => {
    const known = files
      .filter(({ path }) => path !== 'extensions.ts')
      .flatMap(importsOf)
      .filter((target) => folderOf(target) !== '' && !ORDER.includes(folderOf(target)));
    expect(known).toEqual([]);
  });

  it('lets a folder import only itself and the folders before it', () => {
    const violations = files.flatMap((file) => {
      const own = ORDER.indexOf(folderOf(file.path));
      if (own < 0) return [];
      return (
        importsOf(file)
          // Decorators are marks: they know no other folder at run time, and any folder may set them.
          .filter((target) => !target.endsWith('.decorator.js'))
          .filter((target) => !(ORDER.indexOf(folderOf(target)) <= own && folderOf(target) !== ''))
          .map((target) => `${file.path} -> ${target}`)
      );
    });
    expect(violations).toEqual([]);
  });

  it('has no barrels, and no file that imports a whole folder', () => {
    expect(files.filter(({ path }) => path.endsWith('index.ts') && !path.endsWith('.index.ts'))).toEqual([]);
    expect(files.flatMap((file) => importsOf(file).filter((target) => !target.endsWith('.js')))).toEqual([]);
  });

  it('exports one class a file at most, an error or a type beside it at need', () => {
    const crowded = files.filter(({ text }) => {
      const classes = [...text.matchAll(/^export (?:abstract )?class (\w+)(.*)$/gm)];
      return classes.filter(([, , rest = '']) => !rest.includes('extends Error')).length > 1;
    });
    expect(crowded.map(({ path }) => path)).toEqual([]);
  });

  it('loads swagger with the document, and not with the service', () => {
    const matching = (form: RegExp): string[] => files.filter(({ text }) => form.test(text)).map(({ path }) => path);
    expect(matching(/^import (?!type )[^;]*'@nestjs\/swagger'/m)).toEqual([]);
    expect(matching(/import\('@nestjs\/swagger'\)/)).toEqual(['openapi/api.document.ts']);
  });

  it.each(['yaml', 'ioredis', './redis.connection.js', 'rate-limiter-flexible', './redis.counter.js'])(
    'loads %s where it is used, and not with the service',
    (name) => {
      const loaded = files.filter(({ text }) => new RegExp(`^import (?!type )[^;]*'${name}'`, 'm').test(text));
      const own = { ioredis: 'redis/redis.connection.ts', 'rate-limiter-flexible': 'rate-limit/redis.counter.ts' };
      const expected = Object.hasOwn(own, name) ? [own[name as keyof typeof own]] : [];
      expect(loaded.map(({ path }) => path)).toEqual(expected);
    },
  );

  it.each(Object.entries(WRAPPED))('knows %s in one place', (name, places) => {
    const code = (text: string): string => text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    const found = files.filter(({ text }) =>
      new RegExp(`(?<![\\w])${name.replace('.', '\\.')}(?![\\w])`).test(code(text)),
    );
    expect(found.map(({ path }) => path).filter((path) => !places.includes(path))).toEqual([]);
  });
});
