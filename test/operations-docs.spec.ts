/** What operators are given to look at and to be woken by asks for metrics that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseYaml } from '../src/config/yaml.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/operations.md');

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}
interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as Dashboard;
const alerts = (parseYaml(read('deploy/prometheus/alerts.yaml')) as Alerts).groups.flatMap(({ rules }) => rules);
const expressions = [...panels.flatMap(({ targets }) => targets), ...alerts].map(({ expr }) => expr);

/** Prometheus makes this one itself. */
const FOREIGN = new Set(['up']);

const metricsIn = (expression: string): string[] =>
  [...expression.replaceAll(/"[^"]*"|\bby \([^)]*\)/g, '').matchAll(/\b([a-z]\w+)(?=\{|\[|\)| ==)/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.includes('_') || FOREIGN.has(name));

describe('metrics', () => {
  let service: RunningApp;
  let offered: Set<string>;
  beforeAll(async () => {
    service = await startApp();
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    offered = new Set(
      types.flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_count', '_sum'].map((part) => name + part) : [name],
      ),
    );
  });
  afterAll(() => service.close());

  it('that the dashboard and the alerts ask for are there', () => {
    const asked = expressions.map(metricsIn);
    expect(asked.filter((names) => names.length === 0)).toEqual([]);
    const unknown = asked.flat().filter((name) => !offered.has(name) && !FOREIGN.has(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('of our own are all on the page, and no others', () => {
    const own = [...offered]
      .filter((name) => !/^(process|nodejs)_/.test(name))
      .map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    const described = [...page.matchAll(/^\| `([a-z]\w*_\w+)` \|/gm)].map(([, name]) => name);
    expect(described.sort()).toEqual([...new Set(own)].sort());
  });
});

it('says of every alert what to do', () => {
  const described = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, name]) => name);
  expect(described).toEqual(alerts.map(({ alert }) => alert));
});
