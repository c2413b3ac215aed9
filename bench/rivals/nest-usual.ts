/** Nest on Express with the packages that a team would take for the work of this service. */
import 'reflect-metadata';

import { randomUUID } from 'node:crypto';

import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  HttpCode,
  HttpException,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  Req,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { AccessToken } from 'livekit-server-sdk';
import { ClsModule, ClsService } from 'nestjs-cls';
import { Logger, LoggerModule, PinoLogger } from 'nestjs-pino';
import { destination } from 'pino';
import { Counter, Histogram, register } from 'prom-client';

import { TokenRequestDto } from './token-request.dto.js';

const SERVER_PORT = Number(process.env.SERVER_PORT ?? 6080);
const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';
const RATE_LIMIT_PER_ADDRESS = Number(process.env.RATE_LIMIT_PER_ADDRESS ?? 60);
/** Seconds. */
const TTL = 600;
const REFUSAL = 'roomName and participantName are required';

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the head of a request to the end of its answer, by route template',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const issued = new Counter({ name: 'livekit_token_issued_total', help: 'Tokens signed', labelNames: ['route'] });

@Controller()
class TokenController {
  constructor(
    private readonly cls: ClsService,
    private readonly logger: PinoLogger,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async create(
    @Body() { roomName: room, participantName: identity }: TokenRequestDto,
    @Req() request: Request,
  ): Promise<string> {
    const at = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { identity, ttl: TTL });
    at.addGrant({ roomJoin: true, room });
    const token = await at.toJwt();
    const requestId = this.cls.getId();
    const address = request.ip;
    this.logger.info(
      { route: '/token', requestId, address, caller: 'anonymous', room, identity, ttl: TTL, grants: {} },
      'issued',
    );
    issued.inc({ route: '/token' });
    return JSON.stringify(token);
  }

  @Get('metrics')
  @Header('Content-Type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}

@Catch()
class TextFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(status)
      .json(status === 400 ? REFUSAL : 'failed');
  }
}

function measured(request: Request, response: Response, next: NextFunction): void {
  const end = durations.startTimer();
  response.on('close', () => {
    const { path } = (request.route ?? {}) as { path?: string };
    end({ method: request.method, route: path ?? 'none', status: response.statusCode });
  });
  next();
}

@Module({
  imports: [
    // The id is of the context and in the audit line; a line for each request as well would be more than the others write.
    LoggerModule.forRoot({
      pinoHttp: [{ autoLogging: false, quietReqLogger: true }, destination({ minLength: 4096, sync: false })],
    }),
    ClsModule.forRoot({
      global: true,
      middleware: {
        mount: true,
        generateId: true,
        idGenerator: () => randomUUID(),
        setup: (cls, _request: Request, response: Response) => void response.setHeader('x-request-id', cls.getId()),
      },
    }),
    ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: RATE_LIMIT_PER_ADDRESS }] }),
  ],
  controllers: [TokenController],
  providers: [
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: APP_FILTER, useClass: TextFilter },
    {
      provide: APP_PIPE,
      useValue: new ValidationPipe({
        transform: true,
        whitelist: true,
        stopAtFirstError: true,
        exceptionFactory: () => new BadRequestException(REFUSAL),
      }),
    },
  ],
})
class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(measured).forRoutes('{*path}');
  }
}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });
app.useLogger(app.get(Logger));
// The same headers as ours, and no others.
app.use(
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: false,
    dnsPrefetchControl: false,
    ieNoOpen: false,
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
  }),
);
app.enableCors({
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
});
await app.listen(SERVER_PORT);
