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
 * The problem with the texts of another language, as far as that has them. Where it lacks a reason, the text of the code stands for it. The
 * text that a team's exception states is the English one.
 */
export function translated(problem: Problem, error: unknown, texts: ErrorTexts, language: string): Translation {
  const exception = error instanceof ProblemException ? error : undefined;
  const isEnglish = language === DEFAULT_LANGUAGE;
  if (isEnglish && exception === undefined) return { problem, language };
  const { key, parameters } = exception?.text ?? { key: problem.code, parameters: parametersIn(problem) };
  const ofCode = isEnglish ? undefined : texts.text(language, problem.code, parameters);
  const detail = texts.text(language, key, parameters) ?? ofCode;
  const errors = problem.errors?.map((member, index) => {
    const text = exception?.memberTexts[index];
    return { ...member, detail: (text && texts.text(language, text.key, text.parameters)) ?? member.detail };
  });
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
