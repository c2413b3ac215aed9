/** What probes and metrics say of a real LiveKit that is right, that has another key, that stops, and that comes back on its port. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { eventually } from '../../src/testing/eventually.js';

import { joinResponse, validate } from './support/livekit.client.js';
import { startOwnLiveKit, type OwnLiveKit } from './support/livekit.js';
import { freePort, stopPrograms } from './support/program.js';
import { requestToken, startService, type Service } from './support/service.js';

let livekit: OwnLiveKit;
let port: number;
let service: Service;

beforeAll(async () => {
  port = await freePort();
  livekit = await startOwnLiveKit({ port });
  service = await startService(livekit.settings);
});

afterAll(stopPrograms);

/** The status of the probe, and what it and the metrics say. */
async function reported({
  url,
}: Service): Promise<readonly [probe: number, overall: string, livekit: string, up: string]> {
  const response = await fetch(`${url}/health/ready`);
  const { status, details } = (await response.json()) as {
    status: string;
    details: Record<string, { status: string }>;
  };
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const [, up = 'missing'] = /^dependency_up\{dependency="livekit"\} (\d)$/m.exec(metrics) ?? [];
  return [response.status, status, details['livekit']?.status ?? 'missing', up];
}

const UP = [200, 'ok', 'up', '1'];
const GONE = [200, 'degraded', 'degraded', '0'];

/** Probes as an orchestrator does until the report is this one; none on the way may turn the instance away. */
async function comesToReport(expected: readonly unknown[], by = service): Promise<void> {
  await eventually(async () => {
    const report = await reported(by);
    expect(report[0]).toBe(200);
    return report.join() === expected.join();
  });
}

it('a LiveKit that is right is up', async () => {
  await comesToReport(UP);
});

it('a LiveKit that has another key is up too: only a join, and the doctor, can tell', async () => {
  const stranger = await startService({ ...livekit.settings, LIVEKIT_API_SECRET: 'f'.repeat(32) });
  await comesToReport(UP, stranger);
  const refused = await validate(livekit.url, await requestToken(stranger, 'Test Room', 'Alice'));
  expect(refused.map(({ status }) => status)).toEqual([401, 401]);
  await stranger.stop();
});

it('a LiveKit that stops is degraded until it is back, and the tokens of the meantime are good for then', async () => {
  await comesToReport(UP);
  await livekit.stop();
  await comesToReport(GONE);
  const token = await requestToken(service, 'Test Room', 'Alice');
  livekit = await startOwnLiveKit({ port });
  await comesToReport(UP);
  expect((await joinResponse(livekit.url, token)).participant?.identity).toBe('Alice');
});
