import type { ValidationError } from '@nestjs/common';

import { type ErrorParameters, isErrorCode } from '../errors/error.catalogue.js';
import type { InvalidMember } from '../errors/problem.js';
import { ProblemException } from '../errors/problem.exception.js';

/** An array of a team's DTO may hold many invalid items. */
const MAX_ERRORS = 50;

/** Rules about presence and type. If one is broken, all other rules of the member are broken as well, and say nothing. */
const TYPE_RULES: ReadonlySet<string> = new Set([
  'NAMES_REQUIRED',
  'FIELD_INVALID',
  'unknownValue',
  'nestedValidation',
  'isDefined',
  'isNotEmpty',
  'isString',
  'isNumber',
  'isInt',
  'isBoolean',
  'isArray',
  'isObject',
  'isNotEmptyObject',
  'isDate',
  'isInstance',
]);

interface BrokenRule extends InvalidMember {
  readonly rule: string;
  readonly parameters: ErrorParameters;
}

/**
 * A problem with all errors, and with code and detail of the first error about presence or type, else of the first one. A rule that
 * is named after an error code has that code; any other rule makes the problem a BAD_REQUEST.
 */
export function validationProblem(errors: readonly ValidationError[]): ProblemException {
  const broken = errors.flatMap((error) => brokenRules(error, ''));
  const main = broken.find(({ rule }) => TYPE_RULES.has(rule)) ?? broken[0];
  const reported = broken.slice(0, MAX_ERRORS);
  const code = main !== undefined && isErrorCode(main.rule) ? main.rule : 'BAD_REQUEST';
  return new ProblemException(code, main?.detail, {
    extensions: { errors: reported.map(({ pointer, code: rule, detail }) => ({ pointer, code: rule, detail })) },
    ...(main && { parameters: main.parameters }),
    memberParameters: reported.map(({ parameters }) => parameters),
  });
}

function brokenRules(error: ValidationError, path: string): BrokenRule[] {
  const { property, constraints = {}, children = [], contexts = {} } = error;
  const whole = isAboutWhole(error);
  const pointer = whole ? path : `${path}/${escaped(property)}`;
  const rules = Object.entries(constraints).map(([rule, text]) => {
    const parameters = { field: property, ...(contexts[rule] as ErrorParameters | undefined) };
    return { rule, pointer, code: codeOf(rule), detail: whole ? 'The value must be an object.' : text, parameters };
  });
  const ofType = rules.filter(({ rule }) => TYPE_RULES.has(rule));
  return [...(ofType.length > 0 ? ofType : rules), ...children.flatMap((child) => brokenRules(child, pointer))];
}

/** Nest reports a value that is no object by the name of its source, and class-validator without a name. */
function isAboutWhole({ target, property }: ValidationError): boolean {
  return target === undefined && ['body', 'query', 'param', 'custom', undefined].includes(property);
}

const codeOf = (rule: string): string =>
  isErrorCode(rule)
    ? rule
    : rule
        .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
        .replaceAll(/\W/g, '_')
        .toUpperCase();

/** RFC 6901, section 3. */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
