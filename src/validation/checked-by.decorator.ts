import { registerDecorator } from 'class-validator';

import { errorDetail } from '../errors/error.catalogue.js';

import type { RuleContext, ValueCheck } from './rule.context.js';

/** A rule with the code FIELD_INVALID, whose errors are those of the check. */
export function CheckedBy(check: ValueCheck): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'FIELD_INVALID',
      target: target.constructor,
      propertyName: String(property),
      // class-validator reports the context of rules with a message only.
      options: { context: { check } satisfies RuleContext, message: errorDetail('FIELD_INVALID') },
      validator: { validate: (value: unknown) => check(String(property), value).length === 0 },
    });
}
