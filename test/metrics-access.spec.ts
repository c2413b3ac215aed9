/** Who may read the metrics: whoever brings METRICS_TOKEN; without one, everybody, and nobody in production. */
import { afterEach, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  LIVEKIT_API_KEY: 'APIabc',
  LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-characters',
  AUTH_MODE: 'none',
};

let service: RunningApp;
afterEach(() => service.close());

const get = (authorization?: string): Promise<Response> =>
  fetch(`${service.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });

describe('METRICS_TOKEN', () => {
  const TOKEN = 'scraper-0123456789';

  it.each([{}, PRODUCTION])('alone opens the metrics where it is given: %j', async (settings) => {
    service = await startApp({ ...settings, METRICS_TOKEN: TOKEN });
    expect((await get(`Bearer ${TOKEN}`)).status).toBe(200);
    for (const [authorization, status, code] of [
      [undefined, 401, 'AUTHENTICATION_REQUIRED'],
      ['Basic c2NyYXBlcjo=', 401, 'AUTHENTICATION_REQUIRED'],
      [`Bearer ${TOKEN}0`, 401, 'INVALID_TOKEN'],
      ['Bearer scraper', 401, 'INVALID_TOKEN'],
      ['Bearer two tokens', 400, 'INVALID_REQUEST'],
    ] as const) {
      const response = await get(authorization);
      expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    }
  });

  it('is no way around: in production the metrics are closed without it', async () => {
    service = await startApp(PRODUCTION);
    for (const authorization of [undefined, 'Bearer undefined']) {
      const response = await get(authorization);
      expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    }
  });

  it('is all that is needed where callers bring access tokens', async () => {
    const oidc = { AUTH_MODE: 'oidc', OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_AUDIENCE: 'a' };
    service = await startApp({ ...PRODUCTION, ...oidc, METRICS_TOKEN: TOKEN });
    expect((await get(`Bearer ${TOKEN}`)).status).toBe(200);
  });
});
