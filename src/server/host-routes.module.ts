import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type Type,
} from '@nestjs/common';

import { ErrorsModule } from '../errors/errors.module.js';

import { routeContext } from './request-context.middleware.js';

const HOST_CONTROLLERS = Symbol('HOST_CONTROLLERS');

/** Controllers of ours in a host application. Their requests, and no others, get a request id for errors and events. */
@Module({})
export class HostRoutesModule implements NestModule {
  constructor(@Inject(HOST_CONTROLLERS) private readonly controllers: readonly Type[]) {}

  static of(controllers: Type[], { imports = [], providers = [] }: ModuleMetadata = {}): DynamicModule {
    return {
      module: HostRoutesModule,
      imports: [...imports, ErrorsModule],
      controllers,
      providers: [...providers, { provide: HOST_CONTROLLERS, useValue: controllers }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(routeContext).forRoutes(...this.controllers);
  }
}
