/** Chromium with a made-up camera and microphone, and pages in it that tell what went wrong in them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach } from '@jest/globals';
import { type Browser as Chromium, chromium, type Page } from 'playwright-core';

import { writeCamera } from './camera.js';
import { setting } from './program.js';

const PROGRAM = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium';

const ARGUMENTS = [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  // Else it offers LiveKit names that only a network with multicast DNS can resolve.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--disable-gpu',
  '--disable-quic',
  // Nothing leaves the machine.
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const LIMIT_MS = 45_000;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of scripts, and whatever the browser wrote to its console as an error; violations of the page's policy too. */
  readonly problems: readonly string[];
}

let running: Browser | undefined;

// Defined when a suite imports this, and so before the suite's own, which stops the servers of the pages.
afterEach(() => running?.closePages());
afterAll(() => running?.stop());

export class Browser {
  private constructor(private readonly program: Chromium) {}

  /** For one suite, after which it stops by itself. */
  static async start(): Promise<Browser> {
    if (!existsSync(PROGRAM)) {
      throw new Error(`These tests need Chromium and found none at ${PROGRAM}. Do one of these:
- on Debian: apt-get install chromium,
- set CHROMIUM_BIN to a Chromium or Chrome.`);
    }
    const camera = join(setting('LIVEKIT_TEST_FOLDER'), 'camera.y4m');
    await writeCamera(camera);
    running = new Browser(
      await chromium.launch({
        executablePath: PROGRAM,
        args: [...ARGUMENTS, `--use-file-for-fake-video-capture=${camera}`],
      }),
    );
    return running;
  }

  /** Opens a page as somebody else: nothing is shared with the other pages. */
  async open(url: string, { colorScheme = 'light', width = 1360, height = 900 }: PageOptions = {}): Promise<OpenPage> {
    const context = await this.program.newContext({ colorScheme, viewport: { width, height } });
    await context.grantPermissions(['camera', 'microphone', 'clipboard-read', 'clipboard-write'], { origin: url });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url);
    return { page, problems };
  }

  async closePages(): Promise<void> {
    await Promise.all(this.program.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.program.close();
  }
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** What keeps people with an impairment from using the page as it stands, as far as a program can tell. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Waits until an expression has this value in the page; by looking from outside, as the page's policy lets nobody inside. */
export async function becomes(page: Page, expression: string, value: unknown): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found: unknown = await page.evaluate(expression);
    if (found === value) return;
    if (Date.now() > end) throw new Error(`${expression} is ${String(found)}, and did not become ${String(value)}`);
    await pause(50);
  }
}
