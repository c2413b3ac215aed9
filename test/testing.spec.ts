/** What a team's tests stand on: applications that leave nothing behind in the process of the tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Injectable, Logger, Module } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';

import { FakeIssuer } from '../src/testing/fake-issuer.js';
import { FakeLiveKit } from '../src/testing/fake-livekit.js';
import { stopAll } from '../src/testing/running.js';
import { startApp } from '../src/testing/start-app.js';

import { captureOutput } from './support/output.js';

const isListening = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

afterEach(() => {
  delete process.env['TEAM_SETTING'];
  delete process.env['SERVER_PORT'];
});

it('gives back the environment when the last application is closed', async () => {
  process.env['TEAM_SETTING'] = 'of the shell';
  process.env['SERVER_PORT'] = '6081';
  const one = await startApp({ TEAM_SETTING: 'one', ANOTHER: 'one' });
  expect([process.env['TEAM_SETTING'], process.env['SERVER_PORT']]).toEqual(['one', undefined]);
  const two = await startApp({ TEAM_SETTING: 'two' });
  expect([process.env['TEAM_SETTING'], process.env['ANOTHER']]).toEqual(['two', undefined]);
  await one.close();
  await one.close();
  expect(process.env['TEAM_SETTING']).toBe('two');
  await two.close();
  expect([process.env['TEAM_SETTING'], process.env['SERVER_PORT']]).toEqual(['of the shell', '6081']);
});

it('leaves out what .env says, of a team, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'testing-'));
  writeFileSync(join(folder, '.env'), 'TEAM_SETTING=of the file\n');
  const before = process.cwd();
  process.chdir(folder);
  try {
    // As the service reads it on import.
    process.env['TEAM_SETTING'] = 'of the file';
    const service = await startApp();
    expect(process.env['TEAM_SETTING']).toBeUndefined();
    await service.close();
    expect(process.env['TEAM_SETTING']).toBe('of the file');
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

it('gives the environment back after a start that fails, whose log is not that of the next application', async () => {
  process.env['TEAM_SETTING'] = 'of the shell';

  @Injectable()
  class Broken {
    constructor() {
      Logger.log('before the failure');
      throw new Error('The module is broken.');
    }
  }
  @Module({ providers: [Broken] })
  class BrokenModule {}

  const printed = captureOutput();
  try {
    await expect(startApp({ TEAM_SETTING: 'one' }, { modules: [BrokenModule] })).rejects.toThrow('is broken');
    expect(process.env['TEAM_SETTING']).toBe('of the shell');
    const next = await startApp();
    expect(next.output.lines().length).toBeGreaterThan(0);
    expect(next.output.text()).not.toMatch(/before the failure|is broken/);
    await next.close();

    const configure = (): never => {
      throw new Error('The configuration is broken.');
    };
    await expect(startApp({ TEAM_SETTING: 'two' }, { configure })).rejects.toThrow('is broken');
    expect(process.env['TEAM_SETTING']).toBe('of the shell');
  } finally {
    printed.release();
  }
  expect(printed.text()).toBe('');
});

it('keeps the log, and leaves other output of the process alone', async () => {
  const printed = captureOutput();
  const service = await startApp();
  try {
    process.stdout.write('of the test runner\n');
    new Logger('Team').warn('of the service');
    process.stderr.write('of the test runner too\n');
    await service.post('/token', { roomName: 'daily', participantName: 'Alice' });
  } finally {
    printed.release();
  }
  expect(printed.text()).toBe('of the test runner\nof the test runner too\n');
  const messages = service.output.lines().map(({ message }) => message);
  expect(messages).toEqual(expect.arrayContaining(['of the service', 'issued']));
  await service.close();
});

it('stops with one call whatever was started', async () => {
  const issuer = await FakeIssuer.start();
  const livekit = await FakeLiveKit.start();
  const service = await startApp({ ...issuer.settings, LIVEKIT_URL: livekit.url });
  const urls = [issuer.url, livekit.url.replace('ws:', 'http:'), service.url];
  expect(await Promise.all(urls.map(isListening))).toEqual([true, true, true]);
  await stopAll();
  expect(await Promise.all(urls.map(isListening))).toEqual([false, false, false]);
  await stopAll();
  await livekit.listen();
  expect(await isListening(urls[1] ?? '')).toBe(true);
  await stopAll();
  expect(await isListening(urls[1] ?? '')).toBe(false);
});
