/** The service with a team's modules, in this process, and a real LiveKit that sends it webhooks. */
import type { Extensions } from '../../../src/service.options.js';
import { type RunningApp, startApp } from '../../../src/testing/start-app.js';
import type { Settings } from '../../../src/testing/environment.js';
import { KEY_PAIR, type LiveKit, startOwnLiveKit } from './livekit.js';
import { freePort } from './program.js';

export interface Team {
  readonly app: RunningApp;
  readonly livekit: LiveKit;
}

/** LiveKit posts every event as often as it has addresses. */
export async function startTeam(
  extended: Partial<Extensions>,
  { settings = {}, addresses = 1 }: { settings?: Settings; addresses?: number } = {},
): Promise<Team> {
  const port = await freePort();
  const app = await startApp({ ...KEY_PAIR, LIVEKIT_URL: `ws://127.0.0.1:${port}`, ...settings }, extended);
  const webhookUrls = Array<string>(addresses).fill(`${app.url}/livekit/webhook`);
  return { app, livekit: await startOwnLiveKit({ port, webhookUrls }) };
}
