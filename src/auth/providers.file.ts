/** Reads OIDC_PROVIDERS_FILE. Reports every error, with the entry that it is in. */
import { readFileSync } from 'node:fs';

import { InvalidValueError, oneOf, secureUrl } from '../config/value-readers.js';
import { parseYaml, YamlError } from '../config/yaml.js';

import { ClaimTemplate } from './claim-template.js';
import {
  type IntrospectionSettings,
  isMultiTenant,
  issuersOf,
  type ProviderSettings,
  TOKEN_TYPES,
} from './provider.settings.js';

/** For entries without `identity` and `displayName`. */
type Templates = Pick<ProviderSettings, 'identity' | 'displayName'>;

const KEYS = [
  'name',
  'issuer',
  'audience',
  'clientIds',
  'jwksUri',
  'tokenType',
  'tenants',
  'identity',
  'displayName',
  'introspection',
];
const INTROSPECTION_KEYS = ['clientId', 'clientSecretFile', 'endpoint', 'always'];

type Report = (error: string) => void;
type Entry = Readonly<Record<string, unknown>>;

/** Throws an {@link InvalidValueError} whose messages continue "OIDC_PROVIDERS_FILE". */
export function readProvidersFile(path: string, defaults: Templates): readonly ProviderSettings[] {
  const entries = entriesOf(path);
  const errors: string[] = [];
  const providers = entries.flatMap((entry: unknown, index) => {
    const before = errors.length;
    const provider = readProvider(entry, defaults, (error) => errors.push(`provider ${index + 1}: ${error}`));
    return provider && errors.length === before ? [provider] : [];
  });
  // Comparing entries that are not valid would report the same error twice.
  if (errors.length === 0) errors.push(...conflicts(providers));
  if (errors.length > 0) throw new InvalidValueError(...errors);
  return providers;
}

function entriesOf(path: string): readonly unknown[] {
  let list: unknown;
  try {
    list = parseYaml(contentOf(path, 'must name a readable file'));
  } catch (error) {
    if (error instanceof YamlError) throw new InvalidValueError(error.message);
    throw error;
  }
  if (!Array.isArray(list) || list.length === 0) throw new InvalidValueError('must be a list of at least one provider');
  return list;
}

function contentOf(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new InvalidValueError(otherwise);
  }
}

function readProvider(value: unknown, defaults: Templates, report: Report): ProviderSettings | undefined {
  if (!isMap(value)) {
    report('must be a map with name and issuer');
    return undefined;
  }
  reportUnknown(value, KEYS, report);
  const settings = {
    name: read(value, 'name', nameOf, report),
    issuer: read(value, 'issuer', secureUrl, report) ?? '',
    tenants: listIn(value, 'tenants', report),
    audience: listIn(value, 'audience', report),
    clientIds: listIn(value, 'clientIds', report),
    jwksUri: read(value, 'jwksUri', secureUrl, report),
    tokenType: read(value, 'tokenType', oneOf(...TOKEN_TYPES), report),
    identity: read(value, 'identity', identityTemplate, report) ?? defaults.identity,
    displayName: read(value, 'displayName', ClaimTemplate.parse, report) ?? defaults.displayName,
    introspection: introspectionIn(value, report),
  };
  if (value['name'] === undefined) report('name must be given');
  if (value['issuer'] === undefined) report('issuer must be given');
  for (const error of settingsErrors(settings)) report(error);
  return settings;
}

/** Of one provider, whether it comes from the file or from the variables. */
function* settingsErrors({ audience, clientIds, issuer, tenants }: ProviderSettings): Generator<string> {
  if (audience === undefined && clientIds === undefined) yield 'audience or clientIds must be given';
  if (isMultiTenant(issuer) && tenants === undefined) yield 'tenants must be given for an issuer with {tenantid}';
  if (!isMultiTenant(issuer) && tenants !== undefined) yield 'tenants are for an issuer with {tenantid} only';
}

/** Two providers may have users with the same `sub`: only prefixes keep their identities apart. */
function* conflicts(providers: readonly ProviderSettings[]): Generator<string> {
  for (const [index, one] of providers.entries()) {
    const prefix = one.identity.literalPrefix;
    if (providers.length > 1 && prefix === '') {
      yield `provider ${index + 1}: identity must start with a text that no other provider has, such as ${one.name}:\${sub}`;
    }
    for (const [offset, other] of providers.slice(index + 1).entries()) {
      const both = `providers ${index + 1} and ${index + offset + 2}`;
      const otherPrefix = other.identity.literalPrefix;
      if (one.name === other.name) yield `${both} have the same name`;
      if (issuersOf(one).some((issuer) => issuersOf(other).includes(issuer))) yield `${both} have the same issuer`;
      if (prefix !== '' && otherPrefix !== '' && (prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix))) {
        yield `${both}: the text that one identity starts with must not start the other`;
      }
    }
  }
}

function introspectionIn(entry: Entry, report: Report): IntrospectionSettings | undefined {
  const value = entry['introspection'];
  if (value === undefined) return undefined;
  const of: Report = (error) => report(`introspection: ${error}`);
  if (!isMap(value)) {
    of('must be a map with clientId and clientSecretFile');
    return undefined;
  }
  reportUnknown(value, INTROSPECTION_KEYS, of);
  const clientId = read(value, 'clientId', (text) => text, of);
  const clientSecretFile = read(value, 'clientSecretFile', secretFile, of);
  if (value['clientId'] === undefined) of('clientId must be given');
  if (value['clientSecretFile'] === undefined) of('clientSecretFile must be given');
  const { always = false } = value;
  if (typeof always !== 'boolean') of('always must be true or false');
  if (clientId === undefined || clientSecretFile === undefined) return undefined;
  return { clientId, clientSecretFile, endpoint: read(value, 'endpoint', secureUrl, of), always: always === true };
}

function secretFile(path: string): string {
  if (contentOf(path, 'must name a readable file').trim() === '') throw new InvalidValueError('must not be empty');
  return path;
}

/** Health checks and metrics are named after the provider. */
function nameOf(text: string): string {
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(text)) {
    throw new InvalidValueError('must consist of at most 32 lower case letters, digits, - and _, a letter first');
  }
  return text;
}

function identityTemplate(text: string): ClaimTemplate {
  const template = ClaimTemplate.parse(text);
  if (!template.hasClaims) throw new InvalidValueError('must contain a claim, such as ${sub}');
  return template;
}

function read<T>(entry: Entry, key: string, reader: (text: string) => T, report: Report): T | undefined {
  const value = entry[key];
  if (value === undefined) return undefined;
  try {
    if (typeof value !== 'string' || value.trim() === '')
      throw new InvalidValueError('must be a text that is not blank');
    return reader(value);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    for (const message of error.messages) report(`${key} ${message}`);
    return undefined;
  }
}

function listIn(entry: Entry, key: string, report: Report): readonly string[] | undefined {
  const value = entry[key];
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const valid = list.filter((item) => typeof item === 'string' && item.trim() !== '') as string[];
  if (list.length > 0 && valid.length === list.length) return valid;
  // YAML reads a number of more than 15 digits as another number.
  report(`${key} must be a text or a list of texts; put numbers in quotes`);
  return undefined;
}

function reportUnknown(entry: Entry, known: readonly string[], report: Report): void {
  for (const key of Object.keys(entry))
    if (!known.includes(key)) report(`${key} is not known; only ${known.join(', ')} are`);
}

function isMap(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
