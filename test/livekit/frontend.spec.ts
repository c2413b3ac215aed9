/** A team's own frontend in a real browser, from another origin: it joins by either door, is told why not, and is kept out by CORS. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from '../../src/testing/eventually.js';
import { FakeIssuer } from '../../src/testing/fake-issuer.js';

import { becomes, Browser, type OpenPage } from './support/browser.js';
import { type Client, FrontendServer } from './support/frontend.server.js';
import { startLiveKit, type LiveKit } from './support/livekit.js';
import { stopPrograms } from './support/program.js';
import { startService, type Service } from './support/service.js';

const DOORS = ['POST /token', 'TokenSource'] as const;
type Door = (typeof DOORS)[number];

let livekit: LiveKit;
let service: Service;
let frontend: FrontendServer;
let browser: Browser;

beforeAll(async () => {
  livekit = await startLiveKit();
  service = await startService(livekit.settings);
  frontend = await FrontendServer.start();
  browser = await Browser.start();
});

afterAll(stopPrograms);

interface Visit {
  readonly door: Door;
  readonly room?: string;
  readonly name?: string;
  readonly accessToken?: string;
}

/** Fills the form in, and gives what the page says of it in the end. */
async function submit({ page }: OpenPage, { door, room = 'Test Room', name = 'Alice', accessToken = '' }: Visit) {
  await page.getByLabel('Room').fill(room);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Access token').fill(accessToken);
  await page.getByRole('button', { name: `Join by ${door}` }).click();
  return page.locator('output:not(:empty)').textContent();
}

/** Whose pictures move in the page, as the browser has decoded them. */
const seesVideoOf = ({ page }: OpenPage, name: string): Promise<void> =>
  becomes(
    page,
    "[...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0).map(({ title }) => title).join()",
    name,
  );

describe.each<Client>(['livekit-client', 'livekit-client-2.21'])('with %s in the page', (client) => {
  it('one who came by each door sees the other', async () => {
    const [alice, bob] = [
      await browser.open(frontend.urlFor(service, livekit, client)),
      await browser.open(frontend.urlFor(service, livekit, client)),
    ];
    const room = `Größe & 日本語, ${client}`;
    expect(await submit(alice, { door: 'POST /token', room, name: 'Alice' })).toBe('Joined as Alice');
    expect(await submit(bob, { door: 'TokenSource', room, name: 'Bob' })).toMatch(/^Joined as participant-\w{32}$/);
    await Promise.all([seesVideoOf(alice, 'Bob'), seesVideoOf(bob, 'Alice')]);
    expect([alice.problems, bob.problems]).toEqual([[], []]);
  });

  it.each<[Door, RegExp]>([
    ['POST /token', /^Error: roomName and participantName are required \([\da-f-]{36}\)$/],
    ['TokenSource', /^Error: NAME_BLANK: .*room_name.* \([\da-f-]{36}\)$/],
  ])('a refusal by %s can be read by the page', async (door, words) => {
    const page = await browser.open(frontend.urlFor(service, livekit, client));
    const room = door === 'POST /token' ? '' : ' ';
    expect(await submit(page, { door, room })).toMatch(words);
  });
});

describe('CORS_ORIGINS', () => {
  let issuer: FakeIssuer;
  let accessToken: string;
  let stranger: FrontendServer;

  beforeAll(async () => {
    stranger = await FrontendServer.start();
    issuer = await FakeIssuer.start();
    accessToken = await issuer.sign({ sub: 'user-7' });
  });

  const start = (settings: Record<string, string> = {}): Promise<Service> =>
    startService({ ...livekit.settings, ...issuer.settings, ...settings });

  /** Tokens that were signed, whoever got to read them. */
  async function issued({ url }: Service): Promise<number> {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return [...metrics.matchAll(/^livekit_token_issued_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  }

  /** What pages of this origin say in the end, by each door into a room of its own: one identity would put the other out. */
  async function outcomes(by: Service, whose: FrontendServer): Promise<{ said: unknown[]; problems: () => string[] }> {
    const said: unknown[] = [];
    const pages: OpenPage[] = [];
    for (const door of DOORS) {
      const page = await browser.open(whose.urlFor(by, livekit));
      pages.push(page);
      said.push(await submit(page, { door, room: `Room of ${door}, ${whose.origin}`, accessToken }));
    }
    return { said, problems: () => pages.flatMap((page) => page.problems) };
  }

  async function expectBothToJoin(by: Service, whose: FrontendServer): Promise<void> {
    const { said, problems } = await outcomes(by, whose);
    expect([said, problems()]).toEqual([['Joined as user-7', 'Joined as user-7'], []]);
  }

  it('lets pages of every origin in by default, with an Authorization header too', async () => {
    const open = await start();
    await expectBothToJoin(open, frontend);
    await expectBothToJoin(open, stranger);
    await open.stop();
  });

  it('lets pages of the origins that it names in, and no others', async () => {
    const strict = await start({ CORS_ORIGINS: `https://app.example.com,${frontend.origin}` });
    await expectBothToJoin(strict, frontend);
    expect(await issued(strict)).toBe(2);
    const kept = await outcomes(strict, stranger);
    expect(kept.said).toEqual(DOORS.map(() => expect.stringMatching(/^TypeError: /)));
    // The browser reports them on its own time.
    await eventually(
      () => kept.problems().filter((problem) => problem.includes('blocked by CORS policy')).length === 2,
    );
    // The browser asked beforehand, and sent no request.
    expect(await issued(strict)).toBe(2);
    await strict.stop();
  });
});
