import { readFileSync } from 'node:fs';
import { maxHeaderSize } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { decodeJwt, decodeProtectedHeader } from 'jose';

import { bearerToken } from '../auth/bearer.js';
import type { OidcProvider } from '../auth/oidc.provider.js';
import { OidcProviders } from '../auth/oidc-providers.service.js';
import type { PresentedToken } from '../auth/token-acceptance.js';
import type { Environment } from '../config/environment.js';
import { ProblemException } from '../errors/problem.exception.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped } from './finding.js';
import { networkFailure } from '../journey/network-failure.js';
import { acceptanceFindings, nameOf, signatureFindings, unknownIssuerFinding } from './token-acceptance.findings.js';
import { ruleFindings } from './token-rules.findings.js';

/** The injection token of the file that holds the access token. */
export const TOKEN_FILE = Symbol('file of the access token');

const OTHER_HEADERS_BYTES = 1024;

/**
 * What an access token lacks, and which join rules would admit its bearer. Prints no part of the token and no claim about a person:
 * only the names of claims, and the values of `iss`, `aud` and the client, which name servers and applications.
 */
@Injectable()
export class TokenCheck extends OwnCheck {
  override readonly name = 'token';

  constructor(
    @Inject(TOKEN_FILE) private readonly file: string,
    private readonly providers: OidcProviders,
    private readonly config: ConfigService<Environment, true>,
  ) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const mode = this.config.get('AUTH_MODE', { infer: true });
    if (mode !== 'oidc') return [skipped(`AUTH_MODE is ${mode}: the service does not verify access tokens.`)];
    const token = this.read();
    if (typeof token !== 'string') return [token];
    const presented = decoded(token);
    const findings = presented ? await this.ofJwt(token, presented) : await this.ofOpaque(token);
    return [...tooLarge(token), ...findings];
  }

  private async ofJwt(token: string, presented: PresentedToken): Promise<readonly Finding[]> {
    const { claims } = presented;
    const found = this.providers.ofIssuer(claims['iss']);
    const [only, ...others] = this.providers.all;
    // With a single provider, the operator learns everything else that the token lacks, too.
    const provider = found ?? (others.length === 0 ? only : undefined);
    const findings = found
      ? await signatureFindings(found, token, presented)
      : [unknownIssuerFinding(claims, this.providers.all)];
    if (provider === undefined) return findings;
    const introspection = found?.settings.introspection?.always ? await introspected(found, token) : undefined;
    const known = { ...introspection?.claims, ...claims };
    return [
      ...findings,
      ...(introspection?.findings ?? []),
      ...this.judged(provider, { ...presented, claims: known }, findings),
    ];
  }

  private async ofOpaque(token: string): Promise<readonly Finding[]> {
    const asked = this.providers.all.filter((provider) => provider.introspectsOpaqueTokens);
    if (asked.length === 0) {
      return [
        fault(
          'The token is no JWT that can be read, and no provider is configured with introspection.',
          'Let the provider issue JWT access tokens, or configure introspection in OIDC_PROVIDERS_FILE.',
        ),
      ];
    }
    const answers = await Promise.all(
      asked.map(async (provider) => ({ provider, ...(await introspected(provider, token)) })),
    );
    const active = answers.find(({ claims }) => claims !== undefined);
    if (active?.claims === undefined) return answers.flatMap(({ findings }) => findings);
    return [...active.findings, ...this.judged(active.provider, { claims: active.claims }, [])];
  }

  private judged(provider: OidcProvider, token: PresentedToken, before: readonly Finding[]): readonly Finding[] {
    const { settings } = provider;
    const acceptance = acceptanceFindings(token, settings);
    const isAccepted = ![...before, ...acceptance].some(({ level }) => level === 'fault');
    const claims = settings.name === undefined ? token.claims : { ...token.claims, provider: settings.name };
    return [
      ...acceptance,
      ...(isAccepted ? [ok(`${nameOf(settings)} accepts the token.`)] : []),
      ...ruleFindings(this.config.get('JOIN_RULES_FILE', { infer: true }), claims, Date.now()),
    ];
  }

  private read(): string | Finding {
    try {
      const text = readFileSync(this.file === '-' ? 0 : this.file, 'utf8').trim();
      return bearerToken(/^Bearer\s/i.test(text) ? text : `Bearer ${text}`) ?? EMPTY;
    } catch (error) {
      if (error instanceof ProblemException) return EMPTY;
      return fault('The file of --token cannot be read.', 'Name a readable file, or - for standard input.');
    }
  }
}

const EMPTY = fault(
  'The file of --token does not contain exactly one token.',
  'Write the access token alone into the file, as a client sends it behind "Bearer".',
);

function decoded(token: string): PresentedToken | undefined {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

function tooLarge(token: string): Finding[] {
  if (token.length + OTHER_HEADERS_BYTES <= maxHeaderSize) return [];
  const size = Math.ceil(token.length / 1024);
  return [
    fault(
      `The token has ${size} KiB; all headers of a request together may have ${maxHeaderSize / 1024} KiB (431).`,
      'Let the provider put fewer groups or roles into it, or issue opaque tokens and introspect them.',
    ),
  ];
}

interface Introspected {
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly findings: readonly Finding[];
}

async function introspected(provider: OidcProvider, token: string): Promise<Introspected> {
  const name = nameOf(provider.settings);
  try {
    const claims = await provider.introspect(token);
    if (claims !== undefined) return { claims, findings: [ok(`${name} reports that the token is active.`)] };
    return {
      findings: [
        fault(
          `${name} reports that the token is not active.`,
          'It has expired, was revoked, is no access token, or the client of introspection may not see it (Keycloak: must be in aud).',
        ),
      ],
    };
  } catch (error) {
    const { advice } = networkFailure(error);
    return {
      findings: [
        fault(
          `${name} could not introspect the token.`,
          `Check clientId, clientSecretFile and endpoint of its introspection. ${advice}`,
        ),
      ],
    };
  }
}
