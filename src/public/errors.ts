export type { ErrorParameters } from '../errors/error.catalogue.js';
export { ErrorTexts } from '../errors/error-texts.service.js';
export { ProblemFilter } from '../errors/problem.filter.js';
export { type InvalidMember, type Problem, type ProblemMembers, problemOf } from '../errors/problem.js';
export type { Texts } from '../errors/texts/texts.js';
