/** An application of another team, with everything global that Nest has. It knows nothing of ours. */
import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  Delete,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Header,
  Headers,
  HttpCode,
  HttpException,
  Injectable,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Query,
  SetMetadata,
  UnauthorizedException,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IsInt, IsString, Max } from 'class-validator';
import type { Request as HttpRequest, Response } from 'express';
import helmet from 'helmet';
import { map, type Observable } from 'rxjs';

import { forget, remember } from '../../src/testing/running.js';

/** The host's way to open a route to its guard. */
export const Open = (): ClassDecorator & MethodDecorator => SetMetadata('open', true);

export interface HostUser {
  readonly id: string;
  readonly roles: readonly string[];
}

declare module 'express-serve-static-core' {
  interface Request {
    user?: HostUser;
  }
}

@Injectable()
class HostGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>('open', [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const id = request.headers['x-user'];
    if (typeof id !== 'string') throw new UnauthorizedException('Log in at the host.');
    request.user = { id, roles: ['staff'] };
    return true;
  }
}

@Catch()
class HostFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const oops = error instanceof HttpException ? error.getResponse() : 'unexpected';
    host.switchToHttp().getResponse<Response>().status(status).json({ oops });
  }
}

@Injectable()
class Envelope implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

class OrderDto {
  @IsString()
  item!: string;

  @IsInt()
  @Max(10)
  count!: number;
}

@Controller('orders')
class OrdersController {
  @Get()
  list(@Query('page') page?: string): unknown {
    return { page: page ?? '1', orders: [] };
  }

  @Get('text')
  @Open()
  @Header('content-type', 'text/plain')
  text(): string {
    return 'Grüße';
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret of the host');
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException({ reason: 'sold out' });
  }

  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number, @Headers('x-user') user: string): unknown {
    return { id, user };
  }

  @Post()
  create(@Body() order: OrderDto): unknown {
    return { kind: order.constructor.name, ...order };
  }

  @Post('any')
  @HttpCode(202)
  any(@Body() body: unknown): unknown {
    return { body: body ?? 'none' };
  }

  @Put(':id')
  change(@Param('id') id: string, @Body() order: OrderDto): unknown {
    return { id, order };
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    if (id === '0') throw new BadRequestException(['first', 'second']);
  }
}

/** What the emitter of the host emits, which is injected as a global provider. */
@Injectable()
export class HostEvents {
  readonly names: string[] = [];

  constructor(readonly emitter: EventEmitter2) {
    // Hears nothing without the option `wildcard` of the host.
    emitter.on('*.*', (name: string) => this.names.push(name));
  }
}

@Module({ providers: [HostEvents] })
class HostReportsModule {}

@Module({
  imports: [EventEmitterModule.forRoot({ wildcard: true }), HostReportsModule],
  controllers: [OrdersController],
  providers: [
    { provide: APP_GUARD, useClass: HostGuard },
    { provide: APP_FILTER, useClass: HostFilter },
    { provide: APP_INTERCEPTOR, useClass: Envelope },
  ],
})
class HostModule {
  static with(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: HostModule, imports };
  }
}

/** Keeps the lines; those of Nest's start are not of interest. */
export class HostLogger implements LoggerService {
  readonly lines: string[] = [];
  log = (): void => undefined;
  warn = (...parts: unknown[]): void => void this.lines.push(['warn', ...parts].map(String).join(' '));
  error = (...parts: unknown[]): void => void this.lines.push(['error', ...parts].map(String).join(' '));
}

export interface RunningHost {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly logger: HostLogger;
  readonly close: () => Promise<void>;
}

export interface HostSettings extends NestApplicationOptions {
  readonly configure?: (app: NestExpressApplication) => void;
}

export async function startHost(
  imports: NonNullable<ModuleMetadata['imports']>,
  { configure, ...options }: HostSettings = {},
): Promise<RunningHost> {
  const logger = new HostLogger();
  const app = await NestFactory.create<NestExpressApplication>(HostModule.with(imports), {
    logger,
    abortOnError: false,
    ...options,
  });
  app.setGlobalPrefix('api');
  app.useGlobalPipes(
    new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true, errorHttpStatusCode: 422 }),
  );
  app.use(helmet());
  app.enableCors({ origin: 'https://host.example' });
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  const started = { stop: () => close() };
  const close = async (): Promise<void> => {
    forget(started);
    await app.close();
  };
  remember(started);
  return { url, app, logger, close };
}
