/** Words for what keeps an access token from being accepted. */
import { errors } from 'jose';

import type { Claims } from '../auth/claim-path.js';
import type { OidcProvider } from '../auth/oidc.provider.js';
import { isMultiTenant, type ProviderSettings } from '../auth/provider.settings.js';
import { clientOf, type PresentedToken, type TokenDefect, tokenDefects } from '../auth/token-acceptance.js';
import { isFitName } from '../livekit/names.js';

import { fault, type Finding, warning } from './finding.js';
import { networkFailure } from '../journey/network-failure.js';

/** The name of the provider, or the variables that configure it. */
export const nameOf = ({ name }: ProviderSettings): string =>
  name === undefined ? 'The provider of OIDC_ISSUER' : `The provider ${name}`;

/** No provider has the issuer of this token. */
export function unknownIssuerFinding({ iss }: Claims, providers: readonly OidcProvider[]): Finding {
  if (typeof iss !== 'string')
    return fault('The token names no issuer (iss).', 'Send an access token of the provider.');
  const configured = providers.map(({ settings }) => settings.issuer);
  const accepted = providers.flatMap(({ issuers }) => issuers);
  return fault(
    `issuer: iss is ${quoted(iss)}, which is not configured. Configured: ${configured.join(', ')}.`,
    accepted.some((issuer) => bare(issuer) === bare(iss))
      ? 'One of the two ends with a slash: configure the issuer exactly as in iss.'
      : `Configure the issuer exactly as in iss${configured.some(isMultiTenant) ? ', or list its tenant' : ''}, or send a token of a configured issuer.`,
  );
}

const bare = (issuer: string): string => issuer.replace(/\/$/, '');

/** Signature and times. */
export async function signatureFindings(
  provider: OidcProvider,
  jwt: string,
  { claims }: PresentedToken,
): Promise<Finding[]> {
  const { exp } = claims;
  const missing =
    typeof exp === 'number'
      ? []
      : [fault('expiry: the claim exp is missing.', 'Let the provider issue tokens that expire.')];
  try {
    await provider.verifyJwt(jwt, String(claims['iss']));
    return missing;
  } catch (error) {
    return [...missing, verificationFinding(error)];
  }
}

function verificationFinding(error: unknown): Finding {
  const { cause } = error as Error;
  if (!(cause instanceof errors.JOSEError)) {
    const { reason, advice } = networkFailure(error);
    return fault(`signature: the keys of the issuer cannot be fetched: ${reason}.`, advice);
  }
  if (cause instanceof errors.JWTExpired) {
    const seconds = Math.round(Date.now() / 1000) - Number(cause.payload.exp);
    return fault(`expiry: the token expired ${inWords(seconds)} ago.`, 'Get a new one.');
  }
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return fault(
      `${cause.claim}: the claim is invalid for this time.`,
      'Compare the clocks of the provider and this machine.',
    );
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    return fault(
      'signature: the issuer does not publish the key (kid) that the token names.',
      'Get a new token; the key may be withdrawn, or the token may be of another environment of the provider.',
    );
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    return fault(
      'signature: the token was not signed by the key that it names.',
      'Check that the token was copied whole.',
    );
  }
  return fault(
    'signature: the token is not signed in a way that is accepted.',
    'Let the provider sign access tokens with an asymmetric algorithm, such as RS256 or ES256.',
  );
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3600)} hours`;
}

/** Everything else that the provider's settings demand of a token. */
export function acceptanceFindings(token: PresentedToken, settings: ProviderSettings): Finding[] {
  const defects = tokenDefects(token, settings)
    // It was reported with the configured issuers.
    .filter((defect) => defect !== 'issuer' || token.header === undefined)
    .map((defect) => IN_WORDS[defect](token, settings));
  return [...defects, ...identityFindings(token.claims, settings)];
}

const variables = ({ name }: ProviderSettings, variable: string, key: string): string =>
  name === undefined ? variable : `${key} of the provider ${name}`;

const IN_WORDS: Record<TokenDefect, (token: PresentedToken, settings: ProviderSettings) => Finding> = {
  issuer: ({ claims }, settings) =>
    fault(`issuer: iss is ${quoted(claims['iss'])}, not ${settings.issuer}.`, 'Send a token of the configured issuer.'),
  audience: ({ claims }, settings) =>
    fault(
      `audience: aud is ${quoted(claims['aud'])}; accepted is ${settings.audience?.join(' or ')}.`,
      `Let the provider put the audience into access tokens, or correct ${variables(settings, 'OIDC_AUDIENCE', 'audience')}. If the provider cannot do that, a token can be accepted by its client: ${variables(settings, 'OIDC_CLIENT_IDS', 'clientIds')}.`,
    ),
  client: ({ claims }, settings) =>
    fault(
      `client: the client (azp, client_id, cid or appid) is ${quoted(clientOf(claims))}; accepted is ${settings.clientIds?.join(' or ')}.`,
      `Add the client to ${variables(settings, 'OIDC_CLIENT_IDS', 'clientIds')} if its users may join.`,
    ),
  'id-token': (_token, settings) =>
    fault(
      'type: this is an ID token.',
      `Send the access token (access_token of the token response). Where the provider has ID tokens only, set ${variables(settings, 'OIDC_TOKEN_TYPE', 'tokenType')} to id.`,
    ),
  'other-token': () =>
    fault(
      'type: this is a refresh token, logout token or another token that is no access token.',
      'Send the access token.',
    ),
  'header-type': (_token, settings) =>
    fault(
      'type: the header typ is not at+jwt.',
      `Let the provider use the profile of RFC 9068, or leave ${variables(settings, 'OIDC_TOKEN_TYPE', 'tokenType')} out.`,
    ),
  subject: () =>
    fault('claim: sub is missing or no text.', 'Let the provider put the subject of the user into access tokens.'),
  'groups-overage': () =>
    fault(
      'claim: groups is left out, since the user is a member of too many (GROUPS_OVERAGE).',
      'In Microsoft Entra, emit only groups assigned to the application, or use app roles.',
    ),
};

function identityFindings(claims: Claims, { identity, displayName }: ProviderSettings): Finding[] {
  const expanded = identity.expand(claims);
  if (expanded.kind === 'missing') {
    return [
      fault(
        `claim: ${expanded.claim} is missing, empty or no text; the identity is ${identity.source}.`,
        'Let the provider put this claim into access tokens, or make the identity of another claim.',
      ),
    ];
  }
  if (expanded.kind === 'ambiguous') {
    return [
      fault(
        `claim: ${expanded.claim} contains the text that separates claims in the identity ${identity.source}.`,
        'Separate the claims by a text that none of them contains.',
      ),
    ];
  }
  if (!isFitName(expanded.text)) {
    return [
      fault(
        `claim: the identity ${identity.source} is blank, over 256 bytes or ill-formed for this caller.`,
        'Make the identity of another claim.',
      ),
    ];
  }
  if (isFitName(displayName.display(claims)) || displayName.isAbsentFrom(claims)) return [];
  return [
    warning(
      `claim: the display name ${displayName.source} cannot be used: blank, over 256 bytes or no text.`,
      'The participant gets no display name. Use another claim.',
    ),
  ];
}

const MAX_QUOTED = 200;

/** Values that name servers and applications. Escaped: the token may not be verified, and terminals execute control characters. */
function quoted(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text;
}
