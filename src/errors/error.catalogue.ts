/** Every error code of the service. docs/errors.md and the OpenAPI examples are made from this table. */

/** Values for the placeholders of a text. */
export type ErrorParameters = Readonly<Record<string, string | number>>;

export interface ErrorDefinition {
  readonly status: number;
  /** The default `detail`. `{name}` is a placeholder. */
  readonly detail: string;
  /** Where texts are made at run time: parameters of `detail`, or a text that stands in its place. */
  readonly example?: ErrorParameters | string;
  /** When the error occurs, as Markdown. */
  readonly documentation: string;
}

/** Texts may change. Codes and statuses may not: clients, alerts and tests depend on them. */
export const ERRORS = {
  BAD_REQUEST: {
    status: 400,
    detail: 'The request is not valid.',
    documentation:
      'The URL or the body is not valid and no other code says why; for example, a body that is not an object.',
  },
  INVALID_REQUEST: {
    status: 400,
    detail: 'The Authorization header must be "Bearer" and one token.',
    documentation: 'The `Authorization` header is malformed (RFC 6750, section 3.1).',
  },
  GATE_ADDRESS_INVALID: {
    status: 400,
    detail: 'The address of the client is not valid.',
    documentation:
      '`/livekit/gate`: the proxy states no address of its client, several different ones, or one that is malformed.',
  },
  MALFORMED_JSON: {
    status: 400,
    detail: 'The body is not valid JSON.',
    documentation: 'The body cannot be parsed.',
  },
  NAMES_REQUIRED: {
    status: 400,
    detail: 'roomName and participantName are required',
    documentation: '`POST /token`: a name is missing, empty, null or not a string.',
  },
  NAME_BLANK: {
    status: 400,
    detail: '{field} must not be blank',
    example: { field: 'room_name' },
    documentation: 'A name of a room or participant consists of white space.',
  },
  NAME_TOO_LONG: {
    status: 400,
    detail: '{field} must be at most {max} bytes of UTF-8',
    example: { field: 'room_name', max: 256 },
    documentation: 'A name of a room or participant is longer than LiveKit accepts.',
  },
  NAME_NOT_UNICODE: {
    status: 400,
    detail: '{field} must be well-formed Unicode',
    example: { field: 'room_name' },
    documentation: 'A name of a room or participant has a lone surrogate.',
  },
  FIELD_INVALID: {
    status: 400,
    detail: 'A field of the body is not valid.',
    example: 'participant_metadata must be a string',
    documentation: 'A field of the body has the wrong type or form. The detail names it.',
  },
  FIELDS_TOO_LARGE: {
    status: 400,
    detail:
      'Together, participant_metadata, participant_attributes and room_config.agents must be at most {max} bytes of UTF-8.',
    example: { max: 4096 },
    documentation: 'Metadata, attributes and agents would make the token too large for a URL.',
  },
  BODY_TOO_DEEP: {
    status: 400,
    detail: 'The body must be nested at most {max} deep.',
    example: { max: 16 },
    documentation: 'The body has more nested objects and arrays than any valid request.',
  },
  BODY_TOO_COMPLEX: {
    status: 400,
    detail: 'The body must hold at most {max} values.',
    example: { max: 1_000 },
    documentation: 'The body has more values (members and array items, on all levels) than any valid request.',
  },
  LOGOUT_REQUEST_INVALID: {
    status: 400,
    detail: 'The body must be a form with exactly one logout_token.',
    documentation:
      '`POST /access/backchannel-logout`: the body is not `application/x-www-form-urlencoded`, or lacks `logout_token`.',
  },
  LOGOUT_TOKEN_INVALID: {
    status: 400,
    detail: 'The logout token is not valid.',
    example: 'The claim aud of the logout token is not valid.',
    documentation:
      '`POST /access/backchannel-logout`: the token is not a logout token of a provider of this service, or too old. The text says why.',
  },
  LOGOUT_TOKEN_REPLAYED: {
    status: 400,
    detail: 'The logout token was used before.',
    documentation: '`POST /access/backchannel-logout`: a token with this `jti` was accepted before.',
  },
  WEBHOOK_UNDECODABLE: {
    status: 400,
    detail: 'The body is not a webhook event of LiveKit.',
    documentation:
      'A webhook has a valid signature, but its body is no event, or lacks a member that every such event has.',
  },
  LIVEKIT_INVALID_ARGUMENT: {
    status: 400,
    detail: 'LiveKit does not accept these values.',
    documentation: 'A call to LiveKit failed with `invalid_argument`, `malformed` or `out_of_range`.',
  },
  UNAUTHORIZED: {
    status: 401,
    detail: 'Unauthorized',
    documentation: "A team's code threw Nest's `UnauthorizedException` without an `errorCode`.",
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    detail: 'A bearer token is required.',
    documentation: 'The request has no bearer token: an access token, or `METRICS_TOKEN` for `/metrics`.',
  },
  INVALID_TOKEN: {
    status: 401,
    detail: 'The bearer token is not valid.',
    documentation: 'The bearer token is expired, malformed, or not issued for this service.',
  },
  IDENTITY_CLAIM_MISSING: {
    status: 401,
    detail: "The access token lacks the claim that names the participant's identity.",
    documentation: 'The claim `OIDC_IDENTITY_CLAIM` is missing, blank, over 256 bytes, or not a string.',
  },
  WEBHOOK_SIGNATURE_INVALID: {
    status: 401,
    detail: 'The signature is not by a key of this service.',
    documentation: 'The signature of a webhook is missing, expired, valid for over an hour, or of another key or body.',
  },
  JOIN_TOKEN_MISSING: {
    status: 401,
    detail: 'The request has no token for LiveKit.',
    documentation: '`/livekit/gate`: neither an `Authorization` header nor `access_token`.',
  },
  JOIN_TOKEN_INVALID: {
    status: 401,
    detail: 'The token is expired, malformed, or not signed by a key of this service.',
    documentation: '`/livekit/gate`: LiveKit would refuse the token as well.',
  },
  FORBIDDEN: {
    status: 403,
    detail: 'Forbidden',
    documentation: "A team's code threw Nest's `ForbiddenException` without an `errorCode`, or a guard returned false.",
  },
  IDENTITY_AMBIGUOUS: {
    status: 403,
    detail: 'The claims of the access token do not name exactly one identity.',
    documentation:
      'An identity is composed of several claims, and one of them contains the text that separates them: it could be the identity of another caller.',
  },
  GROUPS_OVERAGE: {
    status: 403,
    detail: 'The access token lists no groups, since the user is a member of too many.',
    documentation:
      'Microsoft Entra lists at most 200 groups. Assign groups to the application, or use app roles instead.',
  },
  IDENTITY_NOT_OWN: {
    status: 403,
    detail: 'The identity must be the one of the access token, or be left out.',
    documentation: '`participant_identity` is not the identity in the access token.',
  },
  ACCESS_ENDED: {
    status: 403,
    detail: 'Access to this room has ended.',
    documentation: 'The time until which a rule or policy grants access has passed. Also a reason of `/livekit/gate`.',
  },
  ACCESS_REVOKED: {
    status: 403,
    detail: 'Access to this room was revoked.',
    documentation:
      'The participant is banned from the room until a time that only operators see. `/livekit/gate`: or the access that the token opened has ended; a new token may open it.',
  },
  GRANTS_TOO_WIDE: {
    status: 403,
    detail: 'The token grants more than the participant may do now.',
    documentation:
      '`/livekit/gate`: grants were withdrawn after the token was signed, or were never given by this service.',
  },
  ADMISSION_UNKNOWN: {
    status: 403,
    detail: 'This service has not admitted the holder of the token.',
    documentation:
      '`/livekit/gate`: with `GATE_UNKNOWN=refuse`, a genuine token of another backend, or of before a restart without Redis.',
  },
  JOIN_TOKEN_AMBIGUOUS: {
    status: 403,
    detail: 'The request has several tokens.',
    documentation:
      '`/livekit/gate`: several tokens, or a method with which LiveKit may read another one from the body.',
  },
  GATE_TOKEN_INVALID: {
    status: 403,
    detail: 'Only the proxy before LiveKit may call the gate.',
    documentation: '`/livekit/gate`: `X-Gate-Token` is not `GATE_TOKEN`.',
  },
  ROOM_NOT_ALLOWED: {
    status: 403,
    detail: 'No rule lets this caller into this room.',
    documentation: 'No rule of `JOIN_RULES_FILE` matches.',
  },
  FIELD_NOT_ALLOWED: {
    status: 403,
    detail: '{field} may not be set by clients: CLIENT_FIELDS does not list {setting}.',
    example: { field: 'participant_metadata', setting: 'metadata' },
    documentation: 'A client set a field that `CLIENT_FIELDS` does not list, or one that clients may never set.',
  },
  NOT_ROOM_ADMIN: {
    status: 403,
    detail: 'Only an administrator of this room may do this.',
    documentation: '`/access/rooms/...`: join rules and policies would not grant the caller `roomAdmin` in this room.',
  },
  NOT_FOUND: {
    status: 404,
    detail: 'There is nothing at this address.',
    documentation: 'No route has this method and path, or its setting turns it off.',
  },
  ACCESS_NOT_FOUND: {
    status: 404,
    detail: 'There is no such participant, ban or room.',
    documentation:
      '`/access/rooms/...`: the participant is not in the room, is not banned, or the room does not exist.',
  },
  LIVEKIT_NOT_FOUND: {
    status: 404,
    detail: 'LiveKit has nothing of that name.',
    documentation: 'A call to LiveKit failed with `not_found`.',
  },
  LIVEKIT_CONFLICT: {
    status: 409,
    detail: 'LiveKit cannot do this in the current state.',
    documentation: 'A call to LiveKit failed with `already_exists`, `failed_precondition` or `aborted`.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    detail: 'The body is too large.',
    documentation: 'The body is over 100 KiB, or over 8 MB for a webhook.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    detail: 'The body must be JSON, with Content-Type: application/json.',
    documentation: 'The content type, charset or content encoding of the body is not supported.',
  },
  RATE_LIMITED: {
    status: 429,
    detail: 'Too many requests; try again in {seconds} s.',
    example: { seconds: 60 },
    documentation: 'The limit by address or by caller is reached. `Retry-After` has the seconds.',
  },
  INTERNAL_ERROR: {
    status: 500,
    detail: 'The server could not answer this request.',
    documentation: 'An unexpected error. The log has it under the `requestId`.',
  },
  LIVEKIT_REFUSED_KEY: {
    status: 500,
    detail: 'LiveKit does not accept the key of this service.',
    documentation: 'A call to LiveKit failed with `unauthenticated` or `permission_denied`: the key pairs differ.',
  },
  LIVEKIT_FAILED: {
    status: 502,
    detail: 'LiveKit could not do this.',
    documentation: 'A call to LiveKit failed for another reason, or the server at `LIVEKIT_URL` is not LiveKit.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    detail: 'Access tokens cannot be verified at present.',
    documentation: 'The identity provider could not be reached, so its keys are unknown. Retry.',
  },
  POLICY_FAILED: {
    status: 503,
    detail: 'It could not be decided whether this join is allowed.',
    documentation: 'A token policy threw an unexpected error or returned invalid terms. The log says which.',
  },
  LIVEKIT_URL_MISSING: {
    status: 503,
    detail: 'LIVEKIT_URL is not set on this server.',
    documentation: 'Production without `LIVEKIT_URL`: `POST /livekit/token` and calls to LiveKit have no address.',
  },
  LIVEKIT_UNAVAILABLE: {
    status: 503,
    detail: 'LiveKit cannot be reached at present.',
    documentation:
      'A call to LiveKit timed out, was not connected, or failed with `unavailable` or `deadline_exceeded`.',
  },
  LIVEKIT_EXHAUSTED: {
    status: 503,
    detail: 'LiveKit has no capacity left for this.',
    documentation: 'A call to LiveKit failed with `resource_exhausted`.',
  },
  WEBHOOK_BODY_PARSED: {
    status: 500,
    detail:
      'A body parser of the application has read the webhook, whose signature is over its bytes: create the application ' +
      'with { rawBody: true }, or mount rawWebhookBody() at the path of the webhooks before that parser.',
    documentation:
      'Only where `WebhookModule` is part of another application: its bytes are lost. The detail says how to keep them.',
  },
  WEBHOOK_LISTENER_FAILED: {
    status: 503,
    detail: 'A listener that must succeed has failed.',
    documentation: 'A webhook listener with `mustSucceed` threw. LiveKit sends the event again.',
  },
  WEBHOOK_IN_PROGRESS: {
    status: 503,
    detail: 'This event is still being handled.',
    documentation: 'Listeners take over 5 s, or another instance has the event. LiveKit sends it again.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    detail: 'Service Unavailable',
    documentation: "A team's code threw Nest's `ServiceUnavailableException` without an `errorCode`.",
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** The text with values for its placeholders. One without a value stays. */
export function filled(text: string, parameters: ErrorParameters = {}): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(parameters[name] ?? placeholder));
}

/** The default text of a code. */
export const errorDetail = (code: ErrorCode, parameters?: ErrorParameters): string =>
  filled(ERRORS[code].detail, parameters);

/** A text that clients can receive. `parameters` replace those of the catalogue's example. */
export function errorExample(code: ErrorCode, parameters?: ErrorParameters): string {
  const { example }: ErrorDefinition = ERRORS[code];
  return typeof example === 'string' ? example : errorDetail(code, { ...example, ...parameters });
}
