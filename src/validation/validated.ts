import { type Type, ValidationPipe } from '@nestjs/common';

import { VALIDATION_OPTIONS } from './validation.options.js';

const PIPE = new ValidationPipe(VALIDATION_OPTIONS);

/**
 * The value as the DTO, by the rules of the service. For routes in a host application: its global pipes would see a value that is injected
 * by `@Body()`, and change or refuse it before a pipe of the route does. Rejects as the pipe of the service does.
 */
export async function validated<T>(dto: Type<T>, value: unknown): Promise<T> {
  return (await PIPE.transform(value, { type: 'body', metatype: dto })) as T;
}
