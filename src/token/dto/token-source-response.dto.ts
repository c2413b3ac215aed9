/** The response of POST /livekit/token: LiveKit's TokenSourceResponse, in snake_case, since Swift reads nothing else. */
import { Field } from '../../openapi/documented.decorator.js';

export class TokenSourceResponseDto {
  @Field({ description: 'Where to connect to LiveKit.', example: 'wss://livekit.example.com' })
  readonly server_url!: string;

  @Field({
    description: 'Opens the door for `TOKEN_TTL`.',
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
  })
  readonly participant_token!: string;

  @Field({ description: 'The name in the token, or the identity if it has none.', example: 'Alice' })
  readonly participant_name!: string;

  @Field({ description: 'The room in the token.', example: 'standup' })
  readonly room_name!: string;
}
