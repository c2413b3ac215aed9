import { Field } from '../../openapi/documented.decorator.js';
import type { PresentParticipant } from '../access.service.js';

import { ParticipantDto } from './participant.dto.js';

export class ParticipantsDto {
  @Field({ type: () => [ParticipantDto] })
  readonly participants!: readonly ParticipantDto[];

  static of(present: readonly PresentParticipant[]): ParticipantsDto {
    return { participants: present.map(participantOf) };
  }
}

function participantOf({ identity, name, joinedAt, endsAt, rule, ruleName }: PresentParticipant): ParticipantDto {
  return {
    identity,
    name: name ?? null,
    joinedAt: new Date(joinedAt).toISOString(),
    endsAt: endsAt === undefined ? null : new Date(endsAt).toISOString(),
    rule: ruleName ?? rule?.toString() ?? null,
  };
}
