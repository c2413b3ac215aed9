/** Nest's ValidationPipe, with a short way for bodies that keep every rule of a flat DTO, as nearly all do. */
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import * as classTransformer from 'class-transformer';
import * as classValidator from 'class-validator';

import { FlatDto } from './flat-dto.js';
import { firstError } from './validation-errors.js';

export class DtoValidationPipe extends ValidationPipe {
  /** By the class of the DTO; null for one that has no short way. */
  private readonly flat = new Map<unknown, FlatDto | null>();

  constructor() {
    super({
      transform: true,
      whitelist: true,
      stopAtFirstError: true,
      exceptionFactory: firstError,
      validatorPackage: classValidator,
      transformerPackage: classTransformer,
    });
  }

  /** What the short way does not take, and everything that is refused, goes the way of the original. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dto = metadata.type === 'body' ? this.flatDto(metadata.metatype)?.accept(value) : undefined;
    return dto === undefined ? super.transform(value, metadata) : Promise.resolve(dto);
  }

  private flatDto(type: ArgumentMetadata['metatype']): FlatDto | null {
    let flat = this.flat.get(type);
    if (flat === undefined) {
      flat = (type && FlatDto.of(type)) ?? null;
      this.flat.set(type, flat);
    }
    return flat;
  }
}
