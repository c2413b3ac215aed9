/** The stable names of everything that can be refused or fail, with the status each is answered with. */

export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  INVALID_REQUEST: 400,
  MALFORMED_JSON: 400,
  NAMES_REQUIRED: 400,
  NAME_BLANK: 400,
  NAME_TOO_LONG: 400,
  NAME_NOT_UNICODE: 400,
  FIELD_INVALID: 400,
  FIELDS_TOO_LARGE: 400,
  BODY_TOO_DEEP: 400,
  BODY_TOO_COMPLEX: 400,
  WEBHOOK_UNDECODABLE: 400,
  LIVEKIT_INVALID_ARGUMENT: 400,
  UNAUTHORIZED: 401,
  AUTHENTICATION_REQUIRED: 401,
  INVALID_TOKEN: 401,
  IDENTITY_CLAIM_MISSING: 401,
  WEBHOOK_SIGNATURE_INVALID: 401,
  FORBIDDEN: 403,
  IDENTITY_NOT_OWN: 403,
  ROOM_NOT_ALLOWED: 403,
  FIELD_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  LIVEKIT_NOT_FOUND: 404,
  LIVEKIT_CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  LIVEKIT_REFUSED_KEY: 500,
  LIVEKIT_FAILED: 502,
  AUTHENTICATION_UNAVAILABLE: 503,
  POLICY_FAILED: 503,
  LIVEKIT_URL_MISSING: 503,
  LIVEKIT_UNAVAILABLE: 503,
  LIVEKIT_EXHAUSTED: 503,
  WEBHOOK_LISTENER_FAILED: 503,
  WEBHOOK_IN_PROGRESS: 503,
  SERVICE_UNAVAILABLE: 503,
} as const;

/** Wording may change, codes may not: clients, alerts and tests depend on them. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** The code for a failure that says no more than its status. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 413:
      return 'BODY_TOO_LARGE';
    case 415:
      return 'UNSUPPORTED_MEDIA_TYPE';
    case 429:
      return 'RATE_LIMITED';
    case 503:
      return 'SERVICE_UNAVAILABLE';
    default:
      return status >= 500 ? 'INTERNAL_ERROR' : 'BAD_REQUEST';
  }
}
