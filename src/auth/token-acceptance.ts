import type { Claims } from './claim-path.js';
import { isMultiTenant, issuersOf, type ProviderSettings } from './provider.settings.js';

/** Why a provider's token is not accepted, although it is genuine and has not expired. */
export type TokenDefect =
  'issuer' | 'audience' | 'client' | 'id-token' | 'other-token' | 'header-type' | 'subject' | 'groups-overage';

export interface PresentedToken {
  /** Undefined for an opaque token. */
  readonly header?: Readonly<{ typ?: unknown }> | undefined;
  readonly claims: Claims;
}

/** Every defect of a token in view of its provider's settings, the most basic one first. Checks no signature and no time. */
export function tokenDefects(token: PresentedToken, settings: ProviderSettings): readonly TokenDefect[] {
  const { claims, header } = token;
  const defects: TokenDefect[] = [];
  if (!isOfIssuer(claims, settings)) defects.push('issuer');
  if (settings.audience && !isFor(settings.audience, claims)) defects.push('audience');
  if (settings.clientIds && !settings.clientIds.includes(clientOf(claims) ?? '')) defects.push('client');
  if (isForAnotherPurpose(token)) defects.push('other-token');
  else if (settings.tokenType !== 'id' && isIdToken(token)) defects.push('id-token');
  else if (settings.tokenType === 'at+jwt' && header && !isAccessTokenType(header.typ)) defects.push('header-type');
  if (typeof claims['sub'] !== 'string') defects.push('subject');
  if (hasGroupsOverage(claims)) defects.push('groups-overage');
  return defects;
}

/** An introspection response may leave `iss` out (RFC 7662, section 2.2). */
function isOfIssuer({ iss, tid }: Claims, settings: ProviderSettings): boolean {
  if (iss === undefined) return !isMultiTenant(settings.issuer);
  if (isMultiTenant(settings.issuer)) {
    if (typeof tid !== 'string' || !settings.tenants?.includes(tid)) return false;
    return iss === issuersOf({ issuer: settings.issuer, tenants: [tid] })[0];
  }
  return iss === settings.issuer;
}

/** `aud` is a text or a list (RFC 7519, section 4.1.3). */
function isFor(audience: readonly string[], { aud }: Claims): boolean {
  return audience.some((accepted) => (Array.isArray(aud) ? aud.includes(accepted) : aud === accepted));
}

/** RFC 9068 calls it `client_id`; Keycloak, Entra and Auth0 `azp`, Okta `cid`, Entra v1 `appid`. */
export function clientOf(claims: Claims): string | undefined {
  const named = ['azp', 'client_id', 'cid', 'appid'].map((name) =>
    Object.hasOwn(claims, name) ? claims[name] : undefined,
  );
  return named.find((client) => typeof client === 'string');
}

/** RFC 9068, section 2.1: `application/` may be left out. */
export const mediaType = (typ: unknown): string =>
  typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';

const isAccessTokenType = (typ: unknown): boolean => mediaType(typ) === 'at+jwt';

/** Keycloak's payload `typ` names the purpose of a token, as Cognito's `token_use` does. */
const purposeOf = ({ typ, token_use: use }: Claims): string => String(use ?? typ ?? '').toLowerCase();

function isIdToken({ header, claims }: PresentedToken): boolean {
  const purpose = purposeOf(claims);
  if (purpose === 'id') return true;
  // Keycloak before version 25 has a nonce in access tokens too.
  if (purpose === 'bearer' || purpose === 'access' || isAccessTokenType(header?.typ)) return false;
  return Object.hasOwn(claims, 'nonce') || Object.hasOwn(claims, 'at_hash');
}

/** Logout tokens, security events and refresh tokens of the same issuer are signed with the same keys. */
function isForAnotherPurpose({ header, claims }: PresentedToken): boolean {
  const type = mediaType(header?.typ);
  if (type.endsWith('+jwt') && type !== 'at+jwt') return true;
  if (Object.hasOwn(claims, 'events')) return true;
  return ['refresh', 'offline', 'logout', 'refresh_token'].includes(purposeOf(claims));
}

/**
 * Microsoft Entra puts no groups into the token of a user with more than 200 of them. It refers to them as a distributed claim then
 * (OpenID Connect Core 1.0, section 5.6.2).
 */
function hasGroupsOverage({ _claim_names: elsewhere, hasgroups }: Claims): boolean {
  if (hasgroups === true) return true;
  return typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, 'groups');
}
