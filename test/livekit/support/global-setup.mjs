/** Prepares what every suite here needs before Jest runs one: a LiveKit server to start, and a folder for logs and settings. */
import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGivenLiveKit } from './given-livekit.mjs';
import { serverBinary } from './server-binary.mjs';

/** Suites read both values from the environment: Jest hands it to them, and nothing else of this process. */
export default async function globalSetup() {
  process.env.LIVEKIT_SERVER_BIN = process.env.LIVEKIT_URL ? await besidesGiven() : await serverBinary();
  const binary = process.env.LIVEKIT_SERVER_BIN;
  // Said here, where Jest keeps nothing back of what is written.
  if (binary) process.stdout.write(execFileSync(binary, ['--version']));
  process.env.LIVEKIT_TEST_FOLDER = await mkdtemp(join(tmpdir(), 'livekit-test-'));
}

/** None is no reason to stop: suites that need one of their own say so, and the others run. */
async function besidesGiven() {
  await checkGivenLiveKit();
  return serverBinary().catch(() => '');
}
