import type { ErrorParameters } from './error.catalogue.js';
import { DEFAULT_LANGUAGE, type ErrorTexts } from './error-texts.service.js';
import type { Problem } from './problem.js';
import { ProblemException } from './problem.exception.js';

export interface Translation {
  readonly problem: Problem;
  /** Of the detail. */
  readonly language: string;
}

/**
 * The problem with the texts of another language, as far as that has them. A text that an error states in place of that of its code, such
 * as a reason, is replaced by the text of the code. In English it stays.
 */
export function translated(problem: Problem, error: unknown, texts: ErrorTexts, language: string): Translation {
  const exception = error instanceof ProblemException ? error : undefined;
  if (language === DEFAULT_LANGUAGE && exception?.hasDefaultText !== true) return { problem, language };
  const detail = texts.text(language, problem.code, exception?.parameters ?? parametersIn(problem));
  const errors = problem.errors?.map((member, index) => ({
    ...member,
    detail: texts.text(language, member.code, exception?.memberParameters[index]) ?? member.detail,
  }));
  return {
    problem: { ...problem, ...(detail !== undefined && { detail }), ...(errors && { errors }) },
    language: detail === undefined ? DEFAULT_LANGUAGE : language,
  };
}

/** The members of a team's exception fill the placeholders of its texts. */
function parametersIn(problem: Problem): ErrorParameters {
  const members = Object.entries(problem);
  return Object.fromEntries(
    members.filter((member): member is [string, string | number] => ['string', 'number'].includes(typeof member[1])),
  );
}
