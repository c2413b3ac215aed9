import { ClaimTemplate } from '../auth/claim-template.js';

/** Settings of the service that the terms depend on beside the rules. */
export interface TermsSettings {
  /** As OIDC_IDENTITY_CLAIM, or the identity of a provider. */
  readonly identity: ClaimTemplate;
  /** As TOKEN_TTL, in seconds. */
  readonly ttl: number;
}

export const DEFAULT_SETTINGS: TermsSettings = { identity: ClaimTemplate.parse('${sub}'), ttl: 600 };
