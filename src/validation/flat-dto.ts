/** Makes DTOs of bodies that class-transformer would copy member by member. */
import type { Type, ValidationPipeOptions } from '@nestjs/common';
import { type ClassTransformOptions, instanceToPlain, plainToInstance } from 'class-transformer';

const flat = new WeakSet<object>();

/**
 * Marks a DTO that has no decorator of class-transformer, no default values and no nested DTOs: its members are taken over as they are.
 * Validation is the same. docs/decisions/validation.md has the measurement.
 */
export const FlatDto = (): ClassDecorator => (type) => void flat.add(type);

/** class-transformer, with a short way for classes marked by {@link FlatDto}. */
export const TRANSFORMER: NonNullable<ValidationPipeOptions['transformerPackage']> = {
  plainToInstance: toInstance,
  classToPlain: instanceToPlain,
};

function toInstance<T>(type: Type<T>, plain: unknown, options?: ClassTransformOptions): T | T[] {
  if (!flat.has(type) || !isObject(plain)) return plainToInstance(type, plain, options);
  return Object.assign(new type() as T & object, plain);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
