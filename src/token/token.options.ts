import type { ControllerOptions, Type } from '@nestjs/common';

import type { ClientField } from '../policy/policy.options.js';

import type { CallerResolver, CallerResolverFunction } from './caller-resolver.js';

/** How tokens and errors of the token route are written: a JSON string, an object with one key, or plain text. */
export type ResponseFormat = 'string' | 'object' | 'text';

/** Options of `TokenModule.register()`. Those of `registerAsync()` may return them later. */
export interface TokenOptions {
  /**
   * Seconds in which a token can be used to join, a whole number from 1 to 86,400. Participants who have joined stay.
   *
   * @default 600
   */
  readonly tokenTtl?: number | undefined;
  /**
   * What clients of the standard token endpoint may set beside names. A request that sets another field gets FIELD_NOT_ALLOWED (403).
   *
   * @default nothing
   */
  readonly clientFields?: readonly ClientField[] | undefined;
  /**
   * How tokens and errors of `path` are written.
   *
   * @default 'string'
   */
  readonly responseFormat?: ResponseFormat | undefined;
}

/** Routes of `TokenModule` in a host application. Known when the module is registered. */
export interface TokenModuleRoutes {
  /**
   * Path of `POST` by the contract of OpenVidu's tutorials, below the global prefix of the application.
   *
   * @default no such route
   */
  readonly path?: string | undefined;
  /**
   * Path of `POST` by the contract of LiveKit's standard token endpoint, below the global prefix of the application.
   *
   * @default no such route
   */
  readonly tokenSourcePath?: string | undefined;
  /**
   * Who calls: a function of the request, or an injectable class. Required with a path. A class is taken from the module that provides
   * it; if none does, it is created with the providers of global modules.
   */
  readonly caller?: CallerResolverFunction | Type<CallerResolver> | undefined;
  /** As in `@Controller()`. */
  readonly version?: ControllerOptions['version'];
  /**
   * Decorators of the application for the controllers, such as its `@UseGuards()` or `@Throttle()`.
   *
   * @default none
   */
  readonly decorators?: readonly ClassDecorator[] | undefined;
}
