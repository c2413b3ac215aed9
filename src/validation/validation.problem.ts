import type { ValidationError } from '@nestjs/common';

import { isErrorCode } from '../errors/error.catalogue.js';
import type { InvalidMember } from '../errors/problem.js';
import { ProblemException, type TextKey } from '../errors/problem.exception.js';
import { type CatalogueText, textOf } from '../errors/reason.catalogue.js';

import { hasCheck, type RuleContext } from './rule.context.js';

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
  readonly text: TextKey;
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
  return new ProblemException(code, main?.text.parameters, {
    extensions: { errors: reported.map(({ pointer, code: rule, detail }) => ({ pointer, code: rule, detail })) },
    stated: main && { text: main.detail, key: main.text.key },
    memberTexts: reported.map(({ text }) => text),
  });
}

function brokenRules(error: ValidationError, path: string): BrokenRule[] {
  const { property, constraints = {}, children = [] } = error;
  const pointer = isAboutWhole(error) ? path : `${path}/${escaped(property)}`;
  const rules = Object.entries(constraints).flatMap(([rule, detail]) => errorsOf(error, rule, detail, pointer));
  const ofType = rules.filter(({ rule }) => TYPE_RULES.has(rule));
  return [...(ofType.length > 0 ? ofType : rules), ...children.flatMap((child) => brokenRules(child, pointer))];
}

function errorsOf(error: ValidationError, rule: string, detail: string, pointer: string): BrokenRule[] {
  const { property, value, contexts = {} } = error;
  const code = codeOf(rule);
  const by = (text: CatalogueText): Pick<BrokenRule, 'detail' | 'text'> => ({
    detail: textOf(text),
    text: { parameters: {}, ...text },
  });
  if (isAboutWhole(error)) return [{ rule, code, pointer, ...by({ key: 'VALUE_NOT_OBJECT' }) }];
  const context = contexts[rule] as RuleContext | undefined;
  if (context !== undefined && hasCheck(context)) {
    const parts = context.check(property, value);
    return parts.map((part) => ({ rule, code, pointer: pointer + part.pointer, ...by(part.text) }));
  }
  return [{ rule, code, pointer, detail, text: { key: code, parameters: { field: property, ...context } } }];
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
