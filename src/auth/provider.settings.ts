import type { ClaimTemplate } from './claim-template.js';

/** An identity provider whose access tokens are accepted: from the variables OIDC_*, or an entry of OIDC_PROVIDERS_FILE. */
export interface ProviderSettings {
  /** The operator's name for it. Join rules see it as the claim `provider`. Undefined for the variables OIDC_*. */
  readonly name?: string | undefined;
  /** As in `iss`. `{tenantid}` stands for each of `tenants`. */
  readonly issuer: string;
  /** Tenants of a multi-tenant issuer of Microsoft Entra. */
  readonly tenants?: readonly string[] | undefined;
  /** One of them must be in `aud`. */
  readonly audience?: readonly string[] | undefined;
  /** One of them must be the client of the token. */
  readonly clientIds?: readonly string[] | undefined;
  /** Instead of discovery. */
  readonly jwksUri?: string | undefined;
  readonly tokenType?: TokenType | undefined;
  readonly identity: ClaimTemplate;
  readonly displayName: ClaimTemplate;
  readonly introspection?: IntrospectionSettings | undefined;
}

/** `at+jwt` requires the header type of RFC 9068. `id` accepts ID tokens too. */
export const TOKEN_TYPES = ['at+jwt', 'id'] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];

/** RFC 7662. */
export interface IntrospectionSettings {
  readonly clientId: string;
  readonly clientSecretFile: string;
  /** Instead of discovery. */
  readonly endpoint?: string | undefined;
  /** Introspect JWTs too, so that revocation takes effect before they expire. */
  readonly always: boolean;
}

const TENANT = '{tenantid}';

export const isMultiTenant = (issuer: string): boolean => issuer.includes(TENANT);

/** The values of `iss` that are accepted. */
export function issuersOf({ issuer, tenants }: Pick<ProviderSettings, 'issuer' | 'tenants'>): readonly string[] {
  return isMultiTenant(issuer) ? (tenants ?? []).map((tenant) => issuer.replaceAll(TENANT, tenant)) : [issuer];
}
