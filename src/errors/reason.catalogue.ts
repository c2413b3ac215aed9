/** Texts of errors that say more than the text of their code: why a field, a token or a request is not valid. Clients get no keys. */
import { type ErrorCode, type ErrorParameters, ERRORS, filled } from './error.catalogue.js';

export const REASONS = {
  VALUE_NOT_OBJECT: 'The value must be an object.',
  FIELD_NOT_STRING: '{field} must be a string',
  FIELD_NOT_OBJECT: '{field} must be an object',
  FIELD_NOT_ARRAY: '{field} must be an array',
  FIELD_NOT_UNICODE: '{field} must be well-formed Unicode',
  FIELD_TOO_LONG: '{field} must be at most {max} bytes of UTF-8',
  ENTRIES_NOT_STRING: 'every name and value of {field} must be a string',
  ENTRIES_NOT_UNICODE: 'every name and value of {field} must be well-formed Unicode',
  AGENTS_TOO_MANY: '{field} must hold at most {max} agents',
  DEPLOYMENT_CHARACTERS: '{field} must not contain underscores, blanks or control characters',
  DURATION_INVALID: '{field} must be a number with a unit (s, m, h or d), from {min} to {max}',
  KEYS_RESERVED: 'The body must not hold keys called {keys}.',
  FIELD_NEVER_ALLOWED: '{field} may not be set by clients, whatever CLIENT_FIELDS lists.',
  CHARSET_UNSUPPORTED: 'The charset or content encoding of the body is not supported.',
  TOKEN_EXPIRED: 'The bearer token has expired.',
  TOKEN_IS_ID_TOKEN: 'This is an ID token. Send an access token.',
  LOGOUT_NOT_JWT: 'The logout token is not a signed JWT.',
  LOGOUT_ISSUER: 'The logout token is not of a known issuer.',
  LOGOUT_TYPE: 'The header type of the logout token must be logout+jwt.',
  LOGOUT_EVENT: 'The logout token must have the event of back-channel logout.',
  LOGOUT_NONCE: 'The logout token must not have a nonce.',
  LOGOUT_TOO_OLD: 'The logout token is too old.',
  LOGOUT_SIGNATURE: 'The signature of the logout token is not valid.',
  LOGOUT_CLAIM: 'The claim {claim} of the logout token is not valid.',
  LOGOUT_IDS_NOT_TEXT: 'The claims sub and sid of the logout token must be texts.',
  LOGOUT_IDS_MISSING: 'The logout token must have sub or sid.',
  WEBHOOK_NAMELESS: 'The event has no id or no name.',
  WEBHOOK_INCOMPLETE: 'The event lacks a part that every {event} has.',
  WEBHOOK_UNSIGNED: 'The Authorization header must hold a signature.',
  WEBHOOK_NO_BODY_SIGNED: 'The signature is of no body.',
  WEBHOOK_OTHER_BODY: 'The signature is of another body.',
  WEBHOOK_VALID_TOO_LONG: 'The signature is valid for more than an hour.',
  WEBHOOK_OUT_OF_TIME: 'The signature is not of this time; do the clocks differ?',
  GATE_SCHEME: 'The Authorization header must begin with "Bearer ".',
  GATE_TOKEN_IN_BODY: 'With this method, LiveKit may find a token in the body: send it in the Authorization header.',
  GATE_TOKENS_DIFFER: 'The Authorization header and access_token have different tokens.',
  GATE_ADDRESS_MISSING: 'The request has no X-Original-URI, no X-Forwarded-Uri, and no path below the gate.',
  GATE_ADDRESSES_DIFFER: 'The request names different addresses.',
} as const;

export type Reason = keyof typeof REASONS;

/** A text of the catalogues, with values for its placeholders. */
export interface CatalogueText {
  readonly key: ErrorCode | Reason;
  readonly parameters?: ErrorParameters;
}

const isReason = (key: string): key is Reason => Object.hasOwn(REASONS, key);

/** The English text. */
export function textOf({ key, parameters }: CatalogueText): string {
  return filled(isReason(key) ? REASONS[key] : ERRORS[key].detail, parameters);
}
