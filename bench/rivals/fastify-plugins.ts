/** Fastify 5 doing what this service does for a token, by the plugins its users take for that: the rival of the same work. */
import { randomUUID } from 'node:crypto';

import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { fastifyRequestContext, requestContext } from '@fastify/request-context';
import { fastify, LogController } from 'fastify';
import { AccessToken } from 'livekit-server-sdk';
import { destination, pino } from 'pino';
import { Counter, Histogram, register } from 'prom-client';

const SERVER_PORT = Number(process.env.SERVER_PORT ?? 6080);
const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';
const RATE_LIMIT_PER_ADDRESS = Number(process.env.RATE_LIMIT_PER_ADDRESS ?? 60);
/** Seconds. */
const TTL = 600;
const REFUSAL = 'roomName and participantName are required';

declare module '@fastify/request-context' {
  interface RequestContextData {
    requestId: string;
  }
}

interface TokenBody {
  roomName: string;
  participantName: string;
}

const NAME = { type: 'string', minLength: 1, maxLength: 256 };
const BODY = {
  type: 'object',
  required: ['roomName', 'participantName'],
  properties: { roomName: NAME, participantName: NAME },
};

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the head of a request to the end of its answer, by route template',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const issued = new Counter({ name: 'livekit_token_issued_total', help: 'Tokens signed', labelNames: ['route'] });

const app = fastify({
  // What Pino recommends where many lines are written: some of them at a time.
  loggerInstance: pino(destination({ minLength: 4096, sync: false })),
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID(),
  bodyLimit: 100 * 1024,
});

app.addHook('onRequest', (request, reply, done) => {
  reply.header('x-request-id', request.id);
  done();
});
app.addHook('onResponse', (request, reply, done) => {
  const route = request.routeOptions.url ?? 'none';
  durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  done();
});
await app.register(fastifyRequestContext, { defaultStoreValues: ({ id }) => ({ requestId: id }) });
// The same headers as ours, and no others.
await app.register(helmet, {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  frameguard: { action: 'deny' },
  crossOriginOpenerPolicy: false,
  dnsPrefetchControl: false,
  ieNoOpen: false,
  originAgentCluster: false,
  permittedCrossDomainPolicies: false,
  xssFilter: false,
});
await app.register(cors, {
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
});
await app.register(rateLimit, { max: RATE_LIMIT_PER_ADDRESS, timeWindow: '1 minute', enableDraftSpec: true });

app.setErrorHandler<Error & { statusCode?: number; validation?: unknown }>((error, request, reply) => {
  const { statusCode = 500, validation } = error;
  if (validation === undefined) request.log.error(error);
  const text = validation === undefined ? 'failed' : REFUSAL;
  return reply.status(statusCode).type('application/json; charset=utf-8').send(JSON.stringify(text));
});

app.post<{ Body: TokenBody }>('/token', { schema: { body: BODY } }, async (request, reply) => {
  const { roomName: room, participantName: identity } = request.body;
  const at = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { identity, ttl: TTL });
  at.addGrant({ roomJoin: true, room });
  const token = await at.toJwt();
  // Not request.log, which would write the id a second time.
  const requestId = requestContext.get('requestId');
  app.log.info(
    { route: '/token', requestId, address: request.ip, caller: 'anonymous', room, identity, ttl: TTL, grants: {} },
    'issued',
  );
  issued.inc({ route: '/token' });
  return reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(token));
});

app.get('/metrics', async (_request, reply) => reply.type(register.contentType).send(await register.metrics()));

await app.listen({ port: SERVER_PORT });
