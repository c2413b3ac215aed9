/** deploy/kubernetes: manifests that Kubernetes knows every field of, that fit each other, and that the service starts with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { Secret, Service } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';

import { EnvironmentError } from '../../src/config/environment.error.js';
import { type Environment, readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml.js';
import { parseJoinRules } from '../../src/rules/join-rules.parser.js';
import { temporaryFile } from '../support/temporary-file.js';
import { faultsOf, type Manifest } from './support/manifest-types.js';

const FOLDER = join(import.meta.dirname, '../../deploy/kubernetes');
const read = <T>(file: string): T => parseYaml(readFileSync(join(FOLDER, file), 'utf8')) as T;

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string }[];
  readonly configMapGenerator: readonly { name: string; files?: string[]; envs?: string[] }[];
}

const kustomization = read<Kustomization>('kustomization.yaml');
const deployment = read<Deployment>('deployment.yaml');
const pod = deployment.spec?.template.spec;
const [container] = pod?.containers ?? [];
const secret = read<Secret>('secret.example.yaml');
const labels = deployment.spec?.template.metadata?.labels;

describe('the manifests', () => {
  it('hold only fields that Kubernetes knows, and all that it wants', () => {
    const manifests = [...kustomization.resources, 'secret.example.yaml'].map((file) => read<Manifest>(file));
    expect(faultsOf(manifests)).toEqual([]);
    const wrong = { ...deployment, spec: { ...deployment.spec, replcas: 2 } } as unknown as Manifest;
    expect(faultsOf([wrong])).toEqual([expect.stringContaining('replcas')]);
  });

  it('are all listed, and all that is listed is there', () => {
    const { resources, configMapGenerator } = kustomization;
    const generated = configMapGenerator.flatMap(({ files = [], envs = [] }) => [...files, ...envs]);
    const listed = [...resources, ...generated, 'kustomization.yaml', 'secret.example.yaml'];
    expect(readdirSync(FOLDER).sort()).toEqual(listed.sort());
    expect(resources.map((file) => read<Manifest>(file).kind).sort()).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
    ]);
  });

  it('mean the same pods', () => {
    expect(labels).toBeDefined();
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(read<Service>('service.yaml').spec?.selector).toEqual(labels);
    expect(read<PodDisruptionBudget>('pod-disruption-budget.yaml').spec?.selector?.matchLabels).toEqual(labels);
    expect(read<NetworkPolicy>('network-policy.yaml').spec?.podSelector?.matchLabels).toEqual(labels);
    for (const { labelSelector } of pod?.topologySpreadConstraints ?? [])
      expect(labelSelector?.matchLabels).toEqual(labels);
    const target = read<HorizontalPodAutoscaler>('horizontal-pod-autoscaler.yaml').spec?.scaleTargetRef;
    expect(target).toMatchObject({ kind: deployment.kind, name: deployment.metadata?.name });
    expect(kustomization.images.map(({ name }) => name)).toEqual([container?.image]);
  });
});

describe('the pod', () => {
  it('has no rights', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const dockerfile = readFileSync(join(FOLDER, '../../Dockerfile'), 'utf8');
    const { runAsUser, runAsGroup } = pod?.securityContext ?? {};
    expect(dockerfile).toContain(`\nUSER ${runAsUser}:${runAsGroup}\n`);
  });

  it('is asked for its health where it tells it, by a port that it listens on', () => {
    expect([container?.startupProbe, container?.livenessProbe, container?.readinessProbe]).toMatchObject([
      { httpGet: { path: '/health/live', port: 'http' } },
      { httpGet: { path: '/health/live', port: 'http' } },
      { httpGet: { path: '/health/ready', port: 'http' } },
    ]);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: environmentOf().SERVER_PORT }]);
    expect(read<Service>('service.yaml').spec?.ports).toMatchObject([{ targetPort: 'http' }]);
    expect(read<NetworkPolicy>('network-policy.yaml').spec?.ingress).toMatchObject([{ ports: [{ port: 'http' }] }]);
  });

  it('asks for resources, and for memory within a bound', () => {
    const quantity = expect.stringMatching(/^\d+(m|Mi)$/);
    expect(container?.resources).toEqual({
      requests: { cpu: quantity, memory: quantity },
      limits: { memory: quantity },
    });
  });

  it('is given the time that a stop may take', () => {
    // 10 s for requests in flight, 10 s for listeners to webhooks.
    const stop = environmentOf().SHUTDOWN_DELAY + 10 + 10;
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(stop);
    const { periodSeconds = 10, failureThreshold = 3 } = container?.readinessProbe ?? {};
    expect(environmentOf().SHUTDOWN_DELAY).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('reads secrets from files of the Secret, and none from its environment', () => {
    const isSecret = (name: string): boolean => /KEY|SECRET|TOKEN|REDIS/.test(name);
    expect(variables().filter(([name]) => isSecret(name) && !name.endsWith('_FILE'))).toEqual([]);
    const volume = pod?.volumes?.find(({ name }) => name === 'secrets');
    expect(volume?.secret?.secretName).toBe(secret.metadata?.name);
    // Readable by the group, which is the pod's.
    expect([volume?.secret?.defaultMode, pod?.securityContext?.fsGroup]).toEqual([
      0o440,
      pod?.securityContext?.runAsGroup,
    ]);
  });
});

describe('the service', () => {
  it('starts with this environment', () => {
    expect(environmentOf()).toMatchObject({
      AUTH_MODE: 'oidc',
      METRICS_TOKEN: 'scraper-0123456789',
      REDIS_URL: 'redis://redis:6379',
    });
  });

  it('does not start as long as the Secret holds what the example does', () => {
    expect(() => environmentOf(secret.stringData ?? {})).toThrow(EnvironmentError);
  });

  it('has rules that are right', () => {
    expect(parseJoinRules(readFileSync(join(FOLDER, 'join-rules.yaml'), 'utf8')).errors).toEqual([]);
  });

  it('may reach what it is told to call', () => {
    const { LIVEKIT_INTERNAL_URL, OIDC_ISSUER, REDIS_URL } = environmentOf();
    const ports = [LIVEKIT_INTERNAL_URL, OIDC_ISSUER, REDIS_URL].map((url) => Number(new URL(url ?? '').port) || 443);
    const open = read<NetworkPolicy>('network-policy.yaml').spec?.egress?.flatMap((rule) => rule.ports ?? []) ?? [];
    expect(open.map(({ port }) => port)).toEqual(expect.arrayContaining([53, ...ports]));
  });
});

/** What the pod's container is given, as Kubernetes would, by name and value. */
function variables(): [name: string, value: string][] {
  const file = readFileSync(join(FOLDER, 'token-service.env'), 'utf8');
  const lines = file.split('\n').filter((line) => /^\w/.test(line));
  const given = lines.map((line): [string, string] => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]);
  return [...given, ...(container?.env ?? []).map(({ name, value = '' }): [string, string] => [name, value])];
}

const SECRETS: Readonly<Record<string, string>> = {
  'livekit-keys.yaml': 'APIofAnOperator: a-secret-of-more-than-thirty-two-characters\n',
  'redis-url': 'redis://redis:6379',
  'metrics-token': 'scraper-0123456789',
};

/** The environment of the service in the pod, its files written to where this machine has room for them. */
function environmentOf(secrets: Readonly<Record<string, string>> = SECRETS): Environment {
  expect(Object.keys(secret.stringData ?? {}).sort()).toEqual(Object.keys(SECRETS).sort());
  const entries = variables().map(([name, value]) => [name, name.endsWith('_FILE') ? mounted(value, secrets) : value]);
  return readEnvironment({ NODE_ENV: 'production', ...Object.fromEntries(entries) });
}

function mounted(path: string, secrets: Readonly<Record<string, string>>): string {
  const mount = container?.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  const file = path.slice((mount?.mountPath.length ?? 0) + 1);
  if (mount?.name === 'secrets') return temporaryFile(secrets[file] ?? '').path;
  const volume = pod?.volumes?.find(({ name }) => name === mount?.name);
  const generator = kustomization.configMapGenerator.find(({ name }) => name === volume?.configMap?.name);
  if (!generator?.files?.includes(file) || !existsSync(join(FOLDER, file))) throw new Error(`${path} is not mounted.`);
  return join(FOLDER, file);
}
