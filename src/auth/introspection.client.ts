import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi';

import { inRequestSpan } from '../telemetry/http-client.span.js';

import { discoveredUrl } from './issuer.metadata.js';
import type { IntrospectionSettings } from './provider.settings.js';

const TIMEOUT_MS = 5_000;
/** Bounds how long a revoked token is accepted. */
const ACTIVE_FOR_MS = 30_000;
const INACTIVE_FOR_MS = 5_000;
const MAX_ENTRIES = 10_000;
/** Of the cached responses together. */
const MAX_ACTIVE_CHARACTERS = 16 * 1024 * 1024;
/** After a timeout, requests fail at once for this time instead of waiting for the next timeout. */
const COOLDOWN_AFTER_TIMEOUT_MS = 2_000;

interface ActiveToken {
  /** As JSON: each caller gets a copy. */
  readonly claims: string;
  /** On the wall clock, which `exp` refers to. */
  readonly endsAt: number;
}

/** Introspects tokens at a provider (RFC 7662). Caches responses by the hash of the token. */
export class IntrospectionClient {
  private readonly logger = new Logger('Introspection');
  private readonly active: LRUCache<string, ActiveToken>;
  private readonly inactive: LRUCache<string, true>;
  private readonly pending = new Map<string, Promise<string | undefined>>();
  private endpoint: string | undefined;
  private failure: Error | undefined;
  private blockedUntil = -Infinity;

  constructor(
    private readonly issuer: string,
    private readonly settings: IntrospectionSettings,
    /** Monotonic, in milliseconds. */
    private readonly now = (): number => performance.now(),
    maxEntries = MAX_ENTRIES,
  ) {
    this.endpoint = settings.endpoint;
    const perf = { now };
    this.active = new LRUCache({
      max: maxEntries,
      maxSize: MAX_ACTIVE_CHARACTERS,
      sizeCalculation: ({ claims }) => claims.length,
      ttlResolution: 0,
      perf,
    });
    this.inactive = new LRUCache({ max: maxEntries, ttl: INACTIVE_FOR_MS, ttlResolution: 0, perf });
  }

  /** The claims of an active access token, or undefined. Throws if the provider gives no valid response. */
  async introspect(token: string): Promise<Record<string, unknown> | undefined> {
    const key = hash('sha256', token, 'base64url');
    const known = this.active.get(key);
    if (known !== undefined && Date.now() < known.endsAt) return JSON.parse(known.claims) as Record<string, unknown>;
    const claims = this.inactive.has(key) ? undefined : await this.asked(key, token);
    return claims === undefined ? undefined : (JSON.parse(claims) as Record<string, unknown>);
  }

  /** Throws if the last request failed. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Concurrent requests with one token share one introspection. */
  private asked(key: string, token: string): Promise<string | undefined> {
    let pending = this.pending.get(key);
    if (pending === undefined) {
      pending = this.ask(key, token).finally(() => this.pending.delete(key));
      this.pending.set(key, pending);
    }
    return pending;
  }

  private async ask(key: string, token: string): Promise<string | undefined> {
    if (this.failure !== undefined && this.now() < this.blockedUntil) throw this.failure;
    try {
      const response = await this.request(token);
      if (this.failure !== undefined) this.logger.log('Introspection works again', { issuer: this.issuer });
      this.failure = undefined;
      return this.remembered(key, response);
    } catch (error) {
      if (this.failure === undefined)
        this.logger.warn('Introspection failed', { issuer: this.issuer, reason: reasonOf(error) });
      this.failure = new Error('Introspection failed.', { cause: reasonOf(error) });
      if (isTimeout(error)) this.blockedUntil = this.now() + COOLDOWN_AFTER_TIMEOUT_MS;
      // Discovery may name another endpoint next time.
      this.endpoint = this.settings.endpoint;
      throw this.failure;
    }
  }

  private async request(token: string): Promise<Record<string, unknown>> {
    const { clientId, clientSecretFile } = this.settings;
    this.endpoint ??= await discoveredUrl(this.issuer, 'introspection_endpoint');
    // Read for each request: the secret may be replaced while the service runs.
    const secret = (await readFile(clientSecretFile, 'utf8')).replace(/\r?\n$/, '');
    const server = { issuer: this.issuer, introspection_endpoint: this.endpoint };
    const client = { client_id: clientId };
    const response = await inRequestSpan('POST', this.endpoint, () =>
      introspectionRequest(server, client, ClientSecretBasic(secret), token, {
        additionalParameters: { token_type_hint: 'access_token' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // The settings allow http for the loopback interface only.
        [allowInsecureRequests]: true,
      }),
    );
    return { ...(await processIntrospectionResponse(server, client, response)) };
  }

  private remembered(key: string, { active, ...claims }: Record<string, unknown>): string | undefined {
    const { exp, nbf, token_type: type = 'bearer' } = claims;
    const now = Date.now();
    const endsAt = typeof exp === 'number' ? exp * 1000 : Infinity;
    const startsAt = typeof nbf === 'number' ? nbf * 1000 : -Infinity;
    // Refresh tokens are active too.
    const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
    if (active !== true || !isBearer || endsAt <= now || startsAt > now + TIMEOUT_MS) {
      this.inactive.set(key, true);
      return undefined;
    }
    const text = JSON.stringify(claims);
    this.active.set(key, { claims: text, endsAt }, { ttl: ACTIVE_FOR_MS });
    return text;
  }
}

const isTimeout = (error: unknown): boolean => isObject(error) && error['name'] === 'TimeoutError';

/** For the log: no message of the library or of the provider, which could quote the token. */
function reasonOf(error: unknown): string {
  if (!isObject(error)) return 'unknown';
  const { cause, code, name } = error;
  const reasons = [isObject(cause) ? cause['code'] : undefined, code, name];
  return reasons.find((reason) => typeof reason === 'string') ?? 'unknown';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
