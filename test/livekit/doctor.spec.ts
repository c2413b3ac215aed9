/** What the doctor says of a real LiveKit server. */
import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startLiveKit, startOwnLiveKit, type LiveKit } from './support/livekit.js';
import { freePort, setting, stopPrograms } from './support/program.js';

const DOCTOR = fileURLToPath(new URL('../../dist/doctor.js', import.meta.url));

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly check: string; readonly level: string; readonly found: string }[];
}

let livekit: LiveKit;
beforeAll(async () => {
  livekit = await startLiveKit();
});
afterAll(stopPrograms);

async function examine(settings: Record<string, string> = {}): Promise<Report> {
  const child = spawn(process.execPath, [DOCTOR, '--json'], {
    cwd: setting('LIVEKIT_TEST_FOLDER'),
    env: { ...livekit.settings, SERVER_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await json(child.stdout)) as Report;
}

/** Of the checks that ask LiveKit, by their names. */
function levelsOf({ findings }: Report): Record<string, string> {
  const asked = findings.filter(({ check }) => ['livekit', 'clock', 'key', 'api'].includes(check));
  return Object.fromEntries(asked.map(({ check, level }) => [check, level]));
}

describe('the doctor', () => {
  it('finds a LiveKit that is right', async () => {
    const report = await examine();
    expect(levelsOf(report)).toEqual({ livekit: 'ok', clock: 'ok', key: 'ok', api: 'ok' });
    expect(report.ok).toBe(true);
  });

  it.each([
    ['a key that LiveKit does not know', { LIVEKIT_API_KEY: 'strangerkey' }, /does not know the API key/],
    ['another secret', { LIVEKIT_API_SECRET: 'f'.repeat(32) }, /its secret is another one/],
  ])('finds %s, and repeats nothing of its answer', async (_what, settings, found) => {
    const report = await examine(settings);
    expect(levelsOf(report)).toEqual({ livekit: 'ok', clock: 'ok', key: 'fault', api: 'skipped' });
    expect(report.findings.find(({ check }) => check === 'key')?.found).toMatch(found);
    expect(JSON.stringify(report)).not.toMatch(/eyJ|strangerkey|ffff/);
  });

  it('finds that rooms do not come into being by themselves', async () => {
    const strict = await startOwnLiveKit({ autoCreate: false });
    const report = await examine(strict.settings);
    await strict.stop();
    expect(report.findings.filter(({ check }) => check === 'key').map(({ level }) => level)).toEqual(['ok', 'warning']);
  });

  it('finds that LiveKit is not there', async () => {
    const report = await examine({ LIVEKIT_URL: `ws://127.0.0.1:${await freePort()}` });
    expect(levelsOf(report)).toEqual({ livekit: 'fault', clock: 'skipped', key: 'skipped', api: 'skipped' });
    expect(report.ok).toBe(false);
  });
});
