import { Field } from '../../openapi/documented.decorator.js';
import type { JourneyStep } from '../journey-step.js';
import type { Journey } from '../journey.service.js';

import { ConclusionDto } from './conclusion.dto.js';
import { JourneyStepDto } from './journey-step.dto.js';

export class JourneyDto {
  @Field({ example: 'standup' })
  readonly room!: string;

  @Field({ example: 'alice' })
  readonly identity!: string;

  @Field({ type: () => [JourneyStepDto], description: 'Of the last 24 hours, the oldest first.' })
  readonly steps!: readonly JourneyStepDto[];

  @Field({ type: () => ConclusionDto })
  readonly conclusion!: ConclusionDto;

  @Field({ type: [String], description: 'What this service cannot know.' })
  readonly unknown!: readonly string[];

  static of({ steps, ...journey }: Journey): JourneyDto {
    return { ...journey, steps: steps.map(stepOf) };
  }
}

function stepOf(recorded: JourneyStep): JourneyStepDto {
  const at = new Date(recorded.at).toISOString();
  if (recorded.step === 'token_issued') {
    const { rule, ruleName, expiresAt, ...step } = recorded;
    const shown = ruleName ?? rule?.toString();
    return { ...step, at, expiresAt: new Date(expiresAt).toISOString(), ...(shown !== undefined && { rule: shown }) };
  }
  if (recorded.step === 'token_refused') {
    const { isIdentified: _isIdentified, ...step } = recorded;
    return { ...step, at };
  }
  return { ...recorded, at };
}
