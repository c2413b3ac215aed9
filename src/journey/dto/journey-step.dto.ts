import { Field } from '../../openapi/documented.decorator.js';

const STEPS = [
  'token_issued',
  'token_refused',
  'gate_opened',
  'gate_refused',
  'room_started',
  'room_finished',
  'joined',
  'connection_aborted',
  'left',
  'track_published',
  'track_unpublished',
  'access_ended',
];

/** Members that a step does not have are left out. */
export class JourneyStepDto {
  @Field({ type: String, format: 'date-time', description: 'When this service learned of it.' })
  readonly at!: string;

  @Field({ enum: STEPS, example: 'token_issued' })
  readonly step!: string;

  @Field({ type: String, required: false, description: 'Of the token request, as in the log.' })
  readonly requestId?: string | undefined;

  @Field({ type: String, required: false, description: 'Of the token request, if traces are on.' })
  readonly traceId?: string | undefined;

  @Field({ type: String, required: false, example: '/livekit/token' })
  readonly route?: string | undefined;

  @Field({ type: String, format: 'date-time', required: false, description: 'The end of the token.' })
  readonly expiresAt?: string | undefined;

  @Field({ type: String, required: false, description: 'The join rule: its name, or its number if it has none.' })
  readonly rule?: string | undefined;

  @Field({ type: Number, required: false, description: 'The status of the refusal.', example: 403 })
  readonly status?: number | undefined;

  @Field({
    type: String,
    required: false,
    description: 'The error code of the refusal, or why the gate opened.',
    example: 'ROOM_NOT_ALLOWED',
  })
  readonly code?: string | undefined;

  @Field({ type: String, required: false, description: 'The class of the policy that refused.' })
  readonly policy?: string | undefined;

  @Field({
    type: Number,
    required: false,
    description: 'Refusals or decisions of the gate for the same reason in a row, of which this is the last.',
  })
  readonly times?: number | undefined;

  @Field({ type: String, required: false, description: "LiveKit's id of the connection, or of the room." })
  readonly sid?: string | undefined;

  @Field({ type: String, required: false, description: "LiveKit's DisconnectReason.", example: 'DUPLICATE_IDENTITY' })
  readonly reason?: string | undefined;

  @Field({ type: Number, required: false, description: 'How long the connection lasted, in seconds.' })
  readonly seconds?: number | undefined;

  @Field({ type: String, required: false, description: 'Of the track.', example: 'camera' })
  readonly source?: string | undefined;

  @Field({
    type: String,
    required: false,
    description: 'Why this service ended access, or why the gate found it ended.',
    example: 'logout',
  })
  readonly cause?: string | undefined;
}
