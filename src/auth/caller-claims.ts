import { ProblemException } from '../errors/problem.exception.js';
import { isFitName } from '../livekit/names.js';

import type { VerifiedCaller } from './caller.js';
import type { ClaimTemplate } from './claim-template.js';
import type { ProviderSettings } from './provider.settings.js';

/**
 * The caller whom verified claims name. `claims` becomes the caller's, with the provider's name as the claim `provider`: a claim of
 * that name in the token does not count. Throws a problem if the claims give no usable identity.
 */
export function callerOf(claims: Record<string, unknown>, settings: ProviderSettings): VerifiedCaller {
  if (settings.name !== undefined) claims['provider'] = settings.name;
  const { iss = settings.issuer, sub } = claims as { iss?: string; sub: string };
  const identity = identityOf(claims, settings.identity);
  return { kind: 'verified', issuer: iss, subject: sub, identity, claims, ...nameOf(claims, settings.displayName) };
}

function identityOf(claims: Record<string, unknown>, template: ClaimTemplate): string {
  const expanded = template.expand(claims);
  if (expanded.kind === 'ambiguous') throw new ProblemException('IDENTITY_AMBIGUOUS');
  if (expanded.kind === 'missing' || !isFitName(expanded.text)) throw new ProblemException('IDENTITY_CLAIM_MISSING');
  return expanded.text;
}

/** The client may choose a display name only if the token says nothing about it. */
function nameOf(
  claims: Record<string, unknown>,
  template: ClaimTemplate,
): Pick<VerifiedCaller, 'name' | 'nameUnusable'> {
  const name = template.display(claims);
  if (isFitName(name)) return { name };
  return template.isAbsentFrom(claims) ? {} : { nameUnusable: true };
}
