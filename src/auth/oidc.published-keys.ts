/** Fetches the keys that an issuer publishes, found by discovery where nobody says at which address. */
import type { JSONWebKeySet } from 'jose';

import { secureUrl, InvalidValueError } from '../config/value-readers.js';

const FETCH_TIMEOUT_MS = 5_000;

export interface OidcKeySource {
  readonly issuer: string;
  /** Instead of discovery. */
  readonly jwksUri?: string | undefined;
}

/** The issuer answered, and not what an issuer has to. Its message is a sentence that quotes nothing of the answer. */
export class IssuerError extends Error {}

/** Throws an {@link IssuerError}, or what `fetch` throws where there was no answer. */
export async function fetchPublishedKeys({ issuer, jwksUri }: OidcKeySource): Promise<JSONWebKeySet> {
  const keySet = await fetchJson(jwksUri ?? (await discover(issuer)));
  if (!Array.isArray(keySet['keys'])) throw new IssuerError('The issuer did not answer a set of keys.');
  return keySet as unknown as JSONWebKeySet;
}

/** OpenID Connect Discovery 1.0, section 4: the document must name exactly the issuer that it was asked of. */
async function discover(issuer: string): Promise<string> {
  const { issuer: named, jwks_uri: uri } = await fetchJson(`${bare(issuer)}/.well-known/openid-configuration`);
  if (named !== issuer) {
    const slash = typeof named === 'string' && bare(named) === bare(issuer) ? ': one of the two ends with a slash' : '';
    throw new IssuerError(`The discovery document is of another issuer than OIDC_ISSUER${slash}.`);
  }
  if (typeof uri !== 'string') throw new IssuerError('The discovery document names no jwks_uri.');
  try {
    return secureUrl(uri);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw new IssuerError(`The jwks_uri of the discovery document ${error.message}.`);
  }
}

const bare = (issuer: string): string => issuer.replace(/\/$/, '');

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    // It could lead from https to http, or to wherever; issuers answer at the address that they publish.
    redirect: 'manual',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.status !== 200) throw new IssuerError(`The issuer answered ${response.status}.`);
  const body = parsed(text);
  if (typeof body !== 'object' || body === null) throw new IssuerError('The issuer did not answer a JSON object.');
  return body as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
