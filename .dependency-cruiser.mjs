/** What may import what. `npm run check` applies these rules; docs/architecture.md explains them. */

/** A folder imports itself and the folders above it in this list, which is that of docs/architecture.md. */
export const FOLDERS = [
  'config',
  'logging',
  'telemetry',
  'events',
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
  'journey',
  'metrics',
  'openapi',
  'playground',
  'rules-tool',
  'doctor',
  'testing',
  'public',
  // Deprecated paths that teams still import.
  'dependencies',
];

/**
 * Packages that are imported anywhere: the framework, decorators of DTOs, a collection, and
 * LiveKit's SDK, whose clients are injected by class.
 */
const PLATFORM = [
  '@nestjs/common',
  '@nestjs/config',
  '@nestjs/core',
  '@nestjs/event-emitter',
  'class-transformer',
  'class-validator',
  'livekit-server-sdk',
  'lru-cache',
  'reflect-metadata',
  'rxjs',
];

/** Every other package, and the only files that import it. Type imports are free, apart from those of `SEALED`. */
const WRAPPED = {
  '@nestjs/platform-express': ['server/server.adapter.ts'],
  '@nestjs/swagger': ['openapi/api.document.ts'],
  '@nestjs/terminus': ['health/'],
  '@opentelemetry/api': ['telemetry/', 'logging/service.logger.ts', 'server/http-server.span.ts'],
  '@opentelemetry/context-async-hooks': ['telemetry/request-context.manager.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['telemetry/tracing.sdk.ts'],
  '@opentelemetry/exporter-trace-otlp-proto': ['telemetry/tracing.sdk.ts'],
  '@opentelemetry/resources': ['telemetry/tracing.sdk.ts'],
  '@opentelemetry/sdk-trace-node': ['telemetry/tracing.sdk.ts'],
  cors: ['server/cors.middleware.ts'],
  express: ['server/json-body.middleware.ts', 'webhook/webhook-body.middleware.ts', 'access/logout-body.middleware.ts'],
  'fast-jwt': ['access/join-token.claims.ts'],
  ioredis: ['redis/redis.connection.ts'],
  jose: ['auth/', 'doctor/', 'testing/', 'webhook/webhook.verifier.ts'],
  'livekit-client': ['playground/browser/call.ts'],
  oauth4webapi: ['auth/introspection.client.ts'],
  'prom-client': ['metrics/metrics.registry.ts', 'metrics/derived.metric.ts'],
  'rate-limiter-flexible': ['rate-limit/redis.counter.ts'],
  'swagger-ui-dist': [],
  yaml: ['config/yaml.ts'],
};

/** Not even their types are used elsewhere. */
const SEALED = new Set(['ioredis', 'livekit-client', 'prom-client', 'rate-limiter-flexible', 'yaml']);

/** Loaded by `import()` or `require()` where they are used, so that a start without them is fast. */
const LAZY = [
  'node_modules/@nestjs/swagger/',
  'node_modules/yaml/',
  'src/redis/redis.connection.ts',
  'src/rate-limit/redis.counter.ts',
  'src/telemetry/tracing.sdk.ts',
];

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const anyOf = (paths) => `(?:${paths.map(escape).join('|')})`;
const packages = (names) => `node_modules/(?:@types/)?${anyOf(names)}/`;
const inFolders = (folders) => `^src/${anyOf(folders)}/`;

/** A team's folders are free. */
const OURS = [inFolders(FOLDERS), '^src/[^/]+$'];

/** What puts the folders together, apart from the programs and a team's file. */
const COMPOSITION = '^src/(app\\.module|app\\.setup|service|service\\.options)\\.ts$';

const TESTS = '\\.spec\\.ts$';

const directions = FOLDERS.map((folder, place) => ({
  name: `direction-${folder}`,
  comment: 'A folder imports itself and the folders above it, from files of its own. Any folder may import decorators.',
  severity: 'error',
  from: { path: inFolders([folder]), pathNot: TESTS },
  to: {
    path: '^src/',
    // What the package exports, and what tests start, includes the composition of the folders.
    pathNot: [
      inFolders(FOLDERS.slice(0, place + 1)),
      '\\.decorator\\.ts$',
      ...(folder === 'public' || folder === 'testing' ? [COMPOSITION] : []),
    ],
  },
}));

const wrapped = Object.entries(WRAPPED).map(([name, places]) => ({
  name: `wrapped-${name}`,
  comment: 'The package is known in these places alone, so that it can be replaced there.',
  severity: 'error',
  from: { path: OURS, pathNot: [TESTS, ...places.map((place) => `^src/${escape(place)}`)] },
  to: { path: packages([name]), ...(SEALED.has(name) ? {} : { dependencyTypesNot: ['type-only'] }) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions,
    ...wrapped,
    {
      name: 'unlisted-package',
      comment: 'A new package gets a line in WRAPPED.',
      severity: 'error',
      from: { path: OURS, pathNot: TESTS },
      to: { path: 'node_modules/', pathNot: packages([...PLATFORM, ...Object.keys(WRAPPED), 'node']) },
    },
    {
      name: 'team-folders',
      comment: "Only extensions.ts imports a team's folders.",
      severity: 'error',
      from: { path: OURS, pathNot: '^src/extensions\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: inFolders(FOLDERS) },
    },
    {
      name: 'testing',
      comment: 'The service never loads what tests stand on.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/testing/', '^src/public/testing\\.ts$'] },
      to: { path: '^src/testing/' },
    },
    {
      name: 'unused-file',
      comment:
        'A program or an export of the package reaches every file of ours. A team may keep files that it does not use yet.',
      severity: 'error',
      from: { path: ['^src/(main|doctor|rules|cli)\\.ts$', '^src/public/'] },
      to: {
        path: [inFolders(FOLDERS), '^src/[^/]+\\.ts$'],
        pathNot: [
          TESTS,
          '^src/(main|doctor|rules|cli)\\.ts$',
          '^src/public/',
          '^src/testing/',
          '^src/dependencies/',
          // A deprecated path, for one release.
          '^src/token/livekit-token\\.service\\.ts$',
          '^src/playground/browser/',
        ],
        reachable: false,
      },
    },
    {
      name: 'lazy',
      comment: 'Loaded where it is used, and not with the service.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, '^src/doctor/'] },
      to: { path: `^${anyOf(LAZY)}`, dependencyTypes: ['import'], dependencyTypesNot: ['type-only'], dynamic: false },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-barrel',
      comment: 'Import the file that has the thing.',
      severity: 'error',
      from: {},
      to: { path: '/index\\.[cm]?[jt]s$', pathNot: ['node_modules/', '^src/public/index\\.ts$'] },
    },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'development-package',
      comment: 'It is not there in production.',
      severity: 'error',
      from: { path: OURS, pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
