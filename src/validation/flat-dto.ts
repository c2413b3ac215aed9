/** What class-validator and class-transformer make of a body of plain values that keeps every rule, without their detours. */
import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';

import { isPlainObject } from '../logging/plain-object.js';

type Fields = Record<string, unknown>;
type DtoType = new () => object;
type Condition = (object: object, value: unknown) => boolean;

interface Property {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly constraints: unknown[];
  readonly validator: { validate(value: unknown, args: ValidationArguments): boolean | Promise<boolean> };
}

export class FlatDto {
  private constructor(
    private readonly type: DtoType,
    private readonly properties: readonly Property[],
  ) {}

  /** Undefined for a class with anything that takes more: nested or transformed values, groups, asynchronous rules. */
  static of(type: DtoType): FlatDto | undefined {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    const names = [...new Set(metadata.map(({ propertyName }) => propertyName))];
    if (names.length === 0 || isTransformed(type, names)) return undefined;
    const properties: Property[] = [];
    for (const name of names) {
      const property = propertyOf(
        name,
        metadata.filter(({ propertyName }) => propertyName === name),
      );
      if (property === undefined) return undefined;
      properties.push(property);
    }
    return new FlatDto(type, properties);
  }

  /** The DTO; undefined where there is more to find out: which rule is broken, or what a value inside of another holds. */
  accept(body: unknown): object | undefined {
    if (!isPlainObject(body)) return undefined;
    const dto = new this.type() as Fields;
    for (const { name } of this.properties) {
      if (!Object.hasOwn(body, name)) continue;
      const value = body[name];
      if (typeof value === 'object' && value !== null) return undefined;
      dto[name] = value;
    }
    return this.properties.every((property) => this.holds(property, dto)) ? dto : undefined;
  }

  private holds({ name, conditions, rules }: Property, dto: Fields): boolean {
    const value = dto[name];
    if (!conditions.every((condition) => condition(dto, value))) return true;
    return rules.every(
      ({ validator, constraints }) =>
        validator.validate(value, {
          value,
          constraints,
          targetName: this.type.name,
          object: dto,
          property: name,
        }) === true,
    );
  }
}

function isTransformed(type: DtoType, names: readonly string[]): boolean {
  const storage = defaultMetadataStorage;
  return (
    storage.getStrategy(type) !== 'none' ||
    storage.getExposedMetadatas(type).length + storage.getExcludedMetadatas(type).length > 0 ||
    names.some(
      (name) =>
        storage.findTypeMetadata(type, name) !== undefined ||
        storage.findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS).length > 0,
    )
  );
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function propertyOf(name: string, metadata: readonly Metadata[]): Property | undefined {
  const conditions: Condition[] = [];
  const rules: Rule[] = [];
  for (const { type, constraints, constraintCls, each, groups, validateIf } of metadata) {
    // Most have no groups at all, whatever the type says.
    if (each || groups?.length || validateIf) return undefined;
    if (type === 'conditionalValidation') conditions.push(constraints[0] as Condition);
    else if (type === 'customValidation') {
      const validators = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
      if (validators.some(({ async }) => async)) return undefined;
      rules.push(...validators.map(({ instance }) => ({ constraints, validator: instance })));
    } else return undefined;
  }
  return { name, conditions, rules };
}
