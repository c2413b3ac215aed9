import type { JourneyDto } from '../journey/dto/journey.dto.js';
import type { JourneyStepDto } from '../journey/dto/journey-step.dto.js';
import type { JourneyCause } from '../journey/journey-causes.js';

import { fault, type Finding, ok, skipped, warning } from './finding.js';

/** Causes that need no correction. */
const HARMLESS = new Set<JourneyCause>(['connecting', 'just_issued', 'never_asked', 'left_by_itself']);

/** The steps in order, what cannot be known, and the conclusion. */
export function journeyFindings({ steps, conclusion, unknown }: JourneyDto): Finding[] {
  return [
    ...steps.map((step) => ok(lineOf(step))),
    ...unknown.map((sentence) => skipped(`Not known: ${sentence}`)),
    ...concluded(conclusion),
  ];
}

function concluded({ cause, text, advice, possible }: JourneyDto['conclusion']): Finding[] {
  if (cause === 'in_now') return [ok(`${cause}: ${text}`)];
  if (cause === 'undetermined') return possible.map((one) => warning(`Maybe ${one.cause}: ${one.text}`, one.advice));
  return [HARMLESS.has(cause) ? warning(`${cause}: ${text}`, advice) : fault(`${cause}: ${text}`, advice)];
}

/** The members that a step has, such as `2026-01-01T09:00:00.000Z left: sid PA_1, reason CLIENT_INITIATED, seconds 40`. */
function lineOf({ at, step, ...details }: JourneyStepDto): string {
  const told = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  return `${at} ${step}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
}
