import { registerDecorator } from 'class-validator';

import { errorDetail } from '../../errors/error.catalogue.js';
import { Field } from '../../openapi/documented.decorator.js';

/** Other parameters are ignored, as the standard requires. */
export class LogoutRequestDto {
  @Field({ description: 'The logout token: a JWT that the identity provider has signed.', example: 'eyJ...' })
  @IsSingleText()
  logout_token!: string;
}

/** A form that has the parameter twice gives a list. */
function IsSingleText(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'LOGOUT_REQUEST_INVALID',
      target: target.constructor,
      propertyName: String(property),
      options: { message: errorDetail('LOGOUT_REQUEST_INVALID') },
      validator: { validate: (value: unknown) => typeof value === 'string' && value !== '' },
    });
}
