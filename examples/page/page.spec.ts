import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { FakeIssuer, type RunningApp, startApp } from 'livekit-token-service/testing';

import { PageModule } from './page.module.js';

let issuer: FakeIssuer;
let service: RunningApp;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  service = await startApp(issuer.settings, { modules: [PageModule] });
});
afterAll(async () => {
  await service.close();
  await issuer.stop();
});

it('serves a page and its script, without an access token, under its own Content-Security-Policy', async () => {
  const page = await fetch(`${service.url}/welcome`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const source = /<script src="([^"]+)">/.exec(await page.text())?.[1] ?? '';
  const script = await fetch(service.url + source);
  expect(script.headers.get('content-type')).toContain('javascript');
  expect(await script.text()).toContain("fetch('/token'");
});
