import type { JSONWebKeySet } from 'jose';

import { secureUrl, InvalidValueError } from '../config/value-readers.js';
import { inRequestSpan } from '../telemetry/http-client.span.js';

/** For discovery and keys together. */
const FETCH_TIMEOUT_MS = 5_000;

export interface OidcKeySource {
  readonly issuer: string;
  /** Instead of discovery. */
  readonly jwksUri?: string | undefined;
}

/** The response of the issuer is invalid. The message is a sentence that quotes nothing of the response. */
export class IssuerError extends Error {}

/** Fetches the keys that an issuer publishes. Throws an {@link IssuerError}, or the error of `fetch`. */
export async function fetchPublishedKeys({ issuer, jwksUri }: OidcKeySource): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const keySet = await fetchJson(jwksUri ?? (await discoveredUrl(issuer, 'jwks_uri', signal)), signal);
  if (!Array.isArray(keySet['keys'])) throw new IssuerError('The issuer did not respond with a set of keys.');
  return keySet as unknown as JSONWebKeySet;
}

/**
 * Reads a URL from the discovery document of an issuer, which must name exactly the issuer that was asked (OpenID Connect
 * Discovery 1.0, section 4). Throws an {@link IssuerError}, or the error of `fetch`.
 */
export async function discoveredUrl(
  issuer: string,
  name: 'jwks_uri' | 'introspection_endpoint',
  signal = AbortSignal.timeout(FETCH_TIMEOUT_MS),
): Promise<string> {
  const { issuer: named, [name]: url } = await fetchJson(`${bare(issuer)}/.well-known/openid-configuration`, signal);
  if (named !== issuer) {
    const slash = typeof named === 'string' && bare(named) === bare(issuer) ? ': one of the two ends with a slash' : '';
    throw new IssuerError(`The discovery document is of another issuer than the configured one${slash}.`);
  }
  if (typeof url !== 'string') throw new IssuerError(`The discovery document names no ${name}.`);
  try {
    return secureUrl(url);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw new IssuerError(`The ${name} of the discovery document ${error.message}.`);
  }
}

const bare = (issuer: string): string => issuer.replace(/\/$/, '');

async function fetchJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await inRequestSpan('GET', url, () =>
    // A redirect could lead to http. Issuers respond at the address that they publish.
    fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal }),
  );
  const text = await response.text();
  if (response.status !== 200) throw new IssuerError(`The issuer responded with ${response.status}.`);
  const body = parsed(text);
  if (typeof body !== 'object' || body === null)
    throw new IssuerError('The issuer did not respond with a JSON object.');
  return body as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
