/** What to do about an error, by its code, or by its status if the response has no code. */

const NAMES = 'Give both names: not blank, and at most 256 bytes of UTF-8 each.';
const ISSUER =
  'Use an access token that OIDC_ISSUER issued for OIDC_AUDIENCE and that has not expired. Put it into the field above.';
const RULES = 'Request a room that a rule of JOIN_RULES_FILE opens to this caller at this time, or add such a rule.';
const REQUEST = 'Send a JSON object like the one in the command above.';
const LOG = 'This is for the operator: look up the request id in the log of the service.';

const BY_CODE: Readonly<Record<string, string>> = {
  BAD_REQUEST: REQUEST,
  INVALID_REQUEST: 'Send one Authorization header: "Bearer", a space, and the access token.',
  MALFORMED_JSON: REQUEST,
  NAMES_REQUIRED: NAMES,
  NAME_BLANK: NAMES,
  NAME_TOO_LONG: NAMES,
  NAME_NOT_UNICODE: NAMES,
  FIELD_INVALID: REQUEST,
  FIELDS_TOO_LARGE: 'Send less. Send larger data in the room, after the join.',
  BODY_TOO_DEEP: REQUEST,
  BODY_TOO_COMPLEX: REQUEST,
  AUTHENTICATION_REQUIRED: ISSUER,
  INVALID_TOKEN: ISSUER,
  IDENTITY_CLAIM_MISSING: 'Let the issuer put the claim that OIDC_IDENTITY_CLAIM names into its access tokens.',
  IDENTITY_AMBIGUOUS:
    'A claim of the access token contains the text that separates claims in the identity template of OIDC_PROVIDERS_FILE or of the join rule, or a claim of the rule is missing.',
  GROUPS_OVERAGE: 'Let Microsoft Entra assign only the groups of the application to its tokens, or use app roles.',
  IDENTITY_NOT_OWN: 'Leave the identity out: it comes from the access token.',
  ACCESS_ENDED: 'Request the room again when a rule of JOIN_RULES_FILE or a policy grants access to it at that time.',
  ACCESS_REVOKED:
    'The operator has banned this participant from the room. Use another room, or let the operator lift the ban.',
  ROOM_NOT_ALLOWED: RULES,
  FIELD_NOT_ALLOWED: 'Leave the field out, or let the operator add it to CLIENT_FIELDS.',
  NOT_FOUND: 'The service has no such address. Check whether a proxy in between changes it.',
  BODY_TOO_LARGE: REQUEST,
  UNSUPPORTED_MEDIA_TYPE: REQUEST,
  RATE_LIMITED:
    'Wait as long as Retry-After says, or raise RATE_LIMIT_PER_ADDRESS or RATE_LIMIT_PER_CALLER on the service.',
  AUTHENTICATION_UNAVAILABLE: 'The issuer does not respond. See /health/ready, and try again when it does.',
  POLICY_FAILED: LOG,
  LIVEKIT_URL_MISSING: 'Set LIVEKIT_URL on the service.',
  INTERNAL_ERROR: LOG,
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: NAMES,
  401: ISSUER,
  403: `${RULES} A policy of your team may have refused too; the reason is above.`,
  404: 'The service has no such address. Check whether a proxy in between changes it.',
  413: REQUEST,
  415: REQUEST,
  429: 'Wait as long as Retry-After says, or raise RATE_LIMIT_PER_ADDRESS or RATE_LIMIT_PER_CALLER on the service.',
  503: 'The service cannot decide at present. See /health/ready, and the log under the request id.',
};

export function adviceOf(status: number, code?: string): string {
  return (code === undefined ? undefined : BY_CODE[code]) ?? BY_STATUS[status] ?? LOG;
}
