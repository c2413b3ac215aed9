import { applyDecorators } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';

type Decorators = readonly (ClassDecorator | MethodDecorator | PropertyDecorator)[];

/** Applied when the document is first read: loading @nestjs/swagger takes a fifth of the start time, and few processes need it. */
const kept: ((swagger: typeof Swagger) => void)[] = [];

/** Applies decorators of @nestjs/swagger to a controller, a handler or a field once the OpenAPI document is read. */
export function Documented(describe: (swagger: typeof Swagger) => Decorators): ReturnType<typeof applyDecorators> {
  return (target, key, descriptor) => {
    kept.push((swagger) => applyDecorators(...describe(swagger))(target, key, descriptor));
  };
}

/** The OpenAPI tag of a controller. */
export const Section = (name: string): ClassDecorator => Documented(({ ApiTags }) => [ApiTags(name)]);

/** `@ApiProperty()` of a DTO's field. */
export const Field = (options: Swagger.ApiPropertyOptions): PropertyDecorator =>
  Documented(({ ApiProperty }) => [ApiProperty(options)]);

/** Applies all decorators that were collected so far. */
export function handOver(swagger: typeof Swagger): void {
  for (const describe of kept.splice(0)) describe(swagger);
}
