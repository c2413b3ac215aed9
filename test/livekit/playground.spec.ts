/** The page at / in a real browser, with the built service and a real LiveKit: ask, see, join, and be refused. */
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page, Route } from 'playwright-core';

import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';
import { temporaryFile } from '../support/temporary-file.js';

import { barriers, becomes, Browser, type OpenPage, type PageOptions } from './support/browser.js';
import { KEY_PAIR, startLiveKit, type LiveKit } from './support/livekit.js';
import { freePort, stopPrograms } from './support/program.js';
import { startService, type Service } from './support/service.js';

const IMAGES = join(import.meta.dirname, '../../docs/images');

const PHONE: PageOptions = { width: 375, height: 812 };

let livekit: LiveKit;
let service: Service;
let browser: Browser;

beforeAll(async () => {
  livekit = await startLiveKit();
  service = await startService(livekit.settings);
  browser = await Browser.start();
});

afterAll(stopPrograms);

const open = (url = service.url, options: PageOptions = {}): Promise<OpenPage> => browser.open(url, options);

/** Once the page's script listens to the form. */
const isReady = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Ask for a token', disabled: false }).waitFor();

const ask = (page: Page): Promise<void> => page.getByRole('button', { name: 'Ask for a token' }).click();

/** A page looks once, when it is opened, and the check of a busy machine may take longer than its 2 s. */
const livekitIsUp = (): Promise<boolean> =>
  eventually(async () => {
    const response = await fetch(`${service.url}/health/ready`);
    const { details } = (await response.json()) as { details: { livekit?: { status: string } } };
    return details.livekit?.status === 'up';
  });

/** Everybody's picture, one's own included, as the browser has decoded it. */
const seesVideosOf = (page: Page, people: number): Promise<void> =>
  becomes(page, "[...document.querySelectorAll('.tile video')].filter((video) => video.videoWidth > 0).length", people);

/** For the README, where asked for: UPDATE_DOCS=1 npm run test:livekit -- playground */
async function picture(part: Page | Locator, name: string): Promise<void> {
  if (process.env['UPDATE_DOCS']) await part.screenshot({ path: join(IMAGES, `playground-${name}.png`) });
}

async function call(room: string, options: PageOptions = {}): Promise<{ alice: OpenPage; bob: OpenPage }> {
  const alice = await open(service.url, options);
  await alice.page.getByLabel('Room', { exact: true }).fill(room);
  await ask(alice.page);
  await alice.page.getByRole('button', { name: 'Join the room' }).click();
  await seesVideosOf(alice.page, 1);
  const bob = await open(await alice.page.getByLabel('Link for the second tab').inputValue(), options);
  await bob.page.getByRole('button', { name: 'Join as Bob' }).click();
  for (const { page } of [alice, bob]) await seesVideosOf(page, 2);
  return { alice, bob };
}

describe('the page', () => {
  it('asks by either contract, and shows the command, the answer and what the token grants', async () => {
    await livekitIsUp();
    const { page, problems } = await open();
    await page.getByLabel('Your name').fill("Zoë O'Brien");
    for (const [contract, status, who] of [
      ['OpenVidu', '200 OK', /^Zoë O'Brien$/],
      ['LiveKit', '201 Created', /^Zoë O'Brien, as participant-/],
    ] as const) {
      await page.getByRole('radio', { name: contract }).check();
      await page.getByRole('button', { name: 'Copy command' }).click();
      await becomes(page, 'navigator.clipboard.readText()', await page.locator('#command').textContent());
      await ask(page);
      await page.getByText(new RegExp(`^${status}in \\d+ ms$`)).waitFor();
      await page.getByRole('definition').filter({ hasText: who }).waitFor();
    }
    await page.getByText(/^9:[0-5]\d$/).waitFor();
    await page.getByText('mute and remove others in this room').waitFor();
    await page.locator('#livekit-state[data-state=up]').waitFor();
    await picture(page.locator('#see'), 'see');
    expect(problems).toEqual([]);
  });

  it('joins in two tabs, by a link, with video both ways', async () => {
    const { alice, bob } = await call('Größe & 日本語');
    await alice.page.getByText('Bob joined').waitFor();
    await bob.page
      .getByText(/^Connection (excellent|good|poor)$/)
      .first()
      .waitFor({ state: 'attached' });

    await bob.page.getByRole('button', { name: 'Stop camera' }).click();
    await seesVideosOf(alice.page, 1);
    await bob.page.getByRole('button', { name: 'Start camera' }).click();
    await seesVideosOf(alice.page, 2);
    await bob.page.getByRole('button', { name: 'Mute' }).click();
    await alice.page.getByRole('listitem').filter({ hasText: 'muted, Bob' }).waitFor();

    await bob.page.getByRole('button', { name: 'Leave' }).click();
    await bob.page.getByText('You left.').first().waitFor();
    await alice.page.getByText('Bob left').waitFor();
    await seesVideosOf(alice.page, 1);
    // The token is good for another time.
    await bob.page.getByRole('button', { name: 'Join the room' }).click();
    await seesVideosOf(bob.page, 2);
    expect([alice.problems, bob.problems]).toEqual([[], []]);
  });

  it('says who has put somebody out', async () => {
    const { alice } = await call('two of one name');
    const second = await open(`${service.url}/#room=two+of+one+name&name=Alice`);
    await second.page.getByRole('button', { name: 'Join as Alice' }).click();
    await alice.page.getByText('Another participant joined with the same identity').first().waitFor();
  });

  it('keeps what was typed before its script was ready', async () => {
    const { page } = await open();
    const held = new Promise<Route>((resolve) => void page.route('**/playground/settings.json', resolve));
    await page.reload();
    const settings = await held;
    await page.getByLabel('Your name').fill('Early Bird');
    await page.keyboard.press('Enter');
    await settings.continue();
    await isReady(page);
    expect([page.url(), await page.getByLabel('Your name').inputValue()]).toEqual([`${service.url}/`, 'Early Bird']);
    await page.keyboard.press('Enter');
    await page.getByText('200 OK').waitFor();
  });

  it('says so where it cannot be set up', async () => {
    const { page } = await open();
    await page.route('**/playground/settings.json', (route) => route.abort());
    await page.reload();
    await page.getByText('The settings of this page could not be read.').waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    for (const expected of ['room', 'name']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe(expected);
    }
    await isReady(page);
    await page.keyboard.press('Enter');
    await page.getByText('200 OK').waitFor();
    await page.getByRole('button', { name: 'Join the room' }).focus();
    await page.keyboard.press('Enter');
    await seesVideosOf(page, 1);
    await becomes(page, 'document.activeElement.id', 'leave');
    await page.keyboard.press('Enter');
    await page.getByText('You left.').first().waitFor();
    await becomes(page, 'document.activeElement.id', 'join-button');
  });
});

describe('a refusal', () => {
  /** What browsers say of every answer that is none of 2xx, and of every connection that fails. */
  const expected = /Failed to load resource|WebSocket connection to .* failed/;

  it('shows the code, what to do, and the request id', async () => {
    const { page, problems } = await open();
    await page.getByLabel('Room', { exact: true }).fill(' ');
    await page.getByRole('radio', { name: 'LiveKit' }).check();
    await ask(page);
    await page.getByText('400 Bad Request').waitFor();
    await page.getByText('NAME_BLANK').first().waitFor();
    await page.getByText('What to do: Give both names').waitFor();
    expect(await page.locator('#answer code').textContent()).toMatch(/^[\da-f-]{36}$/);
    expect(await page.getByRole('button', { name: 'Join the room' }).isDisabled()).toBe(true);
    expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
    expect(await barriers(page)).toEqual([]);
  });

  it.each([
    [
      'has another key',
      { LIVEKIT_API_SECRET: 'f'.repeat(32) },
      'LiveKit does not know the key of this service',
      'LiveKit refuses tokens of this service',
    ],
    ['is not there', {}, 'There is no LiveKit at ws://127.0.0.1:', 'LiveKit cannot be reached from this service.'],
  ])('of a LiveKit that %s is told in plain words', async (_which, settings, words, known) => {
    const nowhere = words.startsWith('There') ? { LIVEKIT_URL: `ws://127.0.0.1:${await freePort()}` } : {};
    const stranger = await startService({ ...livekit.settings, ...settings, ...nowhere });
    const { page, problems } = await open(stranger.url);
    await ask(page);
    await page.getByRole('button', { name: 'Join the room' }).click();
    await page.getByText('You could not join').waitFor();
    await page.locator('.notice').getByText(words).waitFor();
    await page.locator('.notice').getByText(known).waitFor();
    expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
    expect(await barriers(page)).toEqual([]);
    await stranger.stop();
  });
});

describe('with an issuer', () => {
  let issuer: FakeIssuer;
  beforeAll(async () => {
    issuer = await FakeIssuer.start();
  });

  it('takes an access token, keeps it in memory alone, and joins as who the issuer says', async () => {
    const closed = await startService({ ...livekit.settings, ...issuer.settings });
    const { page } = await open(closed.url);
    await page.getByText('Callers are verified').waitFor();
    await ask(page);
    await page.getByText('401 Unauthorized').waitFor();
    await page.getByText('What to do: Use an access token').waitFor();

    const accessToken = await issuer.sign({ sub: 'user-7', name: 'Alice of the issuer' });
    await page.getByLabel('Access token of your identity provider').fill(accessToken);
    await ask(page);
    await page.getByRole('definition').filter({ hasText: 'Alice of the issuer, as user-7' }).waitFor();
    expect(await page.locator('#command').textContent()).toContain('Bearer $ACCESS_TOKEN');
    expect(await page.content()).not.toContain(accessToken);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])')).toBe('[{},{},""]');
    await page.getByRole('button', { name: 'Join the room' }).click();
    await seesVideosOf(page, 1);
    await closed.stop();
  });
});

describe('with join rules', () => {
  it('shows which rule admitted the participant', async () => {
    const rules = temporaryFile("[{ name: lobby, rooms: [lobby] }, { rooms: ['*'] }]");
    const ruled = await startService({ ...livekit.settings, JOIN_RULES_FILE: rules.path });
    const { page, problems } = await open(ruled.url);
    await page.getByLabel('Room', { exact: true }).fill('lobby');
    await ask(page);
    await page.getByText('Admitted by join rule 1, lobby', { exact: true }).waitFor();
    await page.getByLabel('Room', { exact: true }).fill('another');
    await ask(page);
    await page.getByText('Admitted by join rule 2', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    expect(await barriers(page)).toEqual([]);
    await ruled.stop();
  });
});

describe('in production', () => {
  it('is not there', async () => {
    const closed = await startService({ ...KEY_PAIR, NODE_ENV: 'production', AUTH_MODE: 'none' });
    const { page } = await open(closed.url);
    expect(await page.content()).toContain('NOT_FOUND');
    await closed.stop();
  });
});

describe('nobody is kept out', () => {
  it.each<[string, PageOptions]>([
    ['in light', {}],
    ['in dark', { colorScheme: 'dark' }],
    ["on a phone's width", PHONE],
    ["on a phone's width, in dark", { ...PHONE, colorScheme: 'dark' }],
  ])('%s', async (_how, options) => {
    const start = await open(service.url, options);
    expect(await barriers(start.page)).toEqual([]);
    const { alice } = await call('Test Room', options);
    // A machine with much to do is said to have a poor connection, so any measure will do.
    await alice.page.locator('.tile:not([data-quality=unknown])').nth(1).waitFor();
    expect(await barriers(alice.page)).toEqual([]);
    expect(await alice.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    if (options.colorScheme === 'dark') await picture(alice.page, options.width === undefined ? 'call' : 'phone');
  });
});
