/** A service that is open although it has a key of its own says so once, at the start. */
import { Injectable } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';

import type { VerifiedCaller } from '../src/auth/caller.js';
import { TokenVerifier } from '../src/auth/token.verifier.js';
import type { Extensions } from '../src/service.options.js';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

const OWN_KEY = { LIVEKIT_API_KEY: 'APIabc', LIVEKIT_API_SECRET: 'secret' };

@Injectable()
class TeamVerifier extends TokenVerifier {
  override verify(): Promise<VerifiedCaller> {
    return Promise.reject(new Error('Not called.'));
  }
}

let service: RunningApp;
afterEach(() => service.close());

async function warnings(settings: Record<string, string>, extended?: Partial<Extensions>): Promise<unknown[]> {
  service = await startApp(settings, extended);
  return service.output
    .lines()
    .filter(({ level }) => level === 'warn')
    .map(({ message }) => message);
}

describe('AUTH_MODE that is not set', () => {
  it('is one warning beside a key that is no development key', async () => {
    expect(await warnings(OWN_KEY)).toEqual([expect.stringMatching(/^AUTH_MODE is not set/)]);
  });

  it.each([
    ['without any setting', {}],
    ['with a development key', { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' }],
    ['if it is set to none', { ...OWN_KEY, AUTH_MODE: 'none' }],
  ])('is no warning %s', async (_what, settings) => {
    expect(await warnings(settings)).toEqual([]);
  });

  it("is no warning if a team's verifier authenticates callers", async () => {
    const found = await warnings(OWN_KEY, { authentication: { verifier: TeamVerifier } });
    expect(found).not.toContainEqual(expect.stringMatching(/AUTH_MODE/));
  });
});
