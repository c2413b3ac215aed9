/** Describes routes and fields for the OpenAPI document in swagger's own decorators, without loading swagger at the start. */
import { applyDecorators } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';

type Decorators = readonly (ClassDecorator | MethodDecorator | PropertyDecorator)[];

/** What waits for the document: swagger takes a fifth of our own start to load, and most processes are never asked for it. */
const kept: ((swagger: typeof Swagger) => void)[] = [];

/** For a controller, a handler or a field: what swagger's decorators, handed over by name, shall say about it. */
export function Documented(describe: (swagger: typeof Swagger) => Decorators): ReturnType<typeof applyDecorators> {
  return (target, key, descriptor) => {
    kept.push((swagger) => applyDecorators(...describe(swagger))(target, key, descriptor));
  };
}

/** The part of the reference that the routes of a controller stand in. */
export const Section = (name: string): ClassDecorator => Documented(({ ApiTags }) => [ApiTags(name)]);

/** A field of a DTO. */
export const Field = (options: Swagger.ApiPropertyOptions): PropertyDecorator =>
  Documented(({ ApiProperty }) => [ApiProperty(options)]);

/** Lets swagger know what was said so far. */
export function handOver(swagger: typeof Swagger): void {
  for (const describe of kept.splice(0)) describe(swagger);
}
