import { Field } from '../../openapi/documented.decorator.js';

export class ParticipantDto {
  @Field({ example: 'alice' })
  readonly identity!: string;

  @Field({ type: String, nullable: true, description: 'The display name.', example: 'Alice' })
  readonly name!: string | null;

  @Field({ type: String, format: 'date-time', description: 'When this service learned of it.' })
  readonly joinedAt!: string;

  @Field({ type: String, format: 'date-time', nullable: true, description: 'When access ends by itself.' })
  readonly endsAt!: string | null;

  @Field({
    type: String,
    nullable: true,
    description: 'The join rule that admitted the participant: its name, or its number if it has none.',
    example: 'hosts',
  })
  readonly rule!: string | null;
}
