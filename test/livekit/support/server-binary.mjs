/** Finds a LiveKit server to test against, or builds one once into a cache outside the repository. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = 'v1.13.5';
const SOURCE = `github.com/livekit/livekit-server/cmd/server@${VERSION}`;
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'livekit-token-service');

export async function serverBinary() {
  const chosen = process.env.LIVEKIT_SERVER_BIN;
  if (chosen) {
    // Suites start it from another folder, where a relative path would lead nowhere.
    if (works(chosen)) return chosen.includes(sep) ? resolve(chosen) : chosen;
    throw new Error(`LIVEKIT_SERVER_BIN is ${chosen}, which does not run as a LiveKit server.`);
  }
  const cached = join(CACHE, `livekit-server-${VERSION}`);
  const found = ['livekit-server', cached].find((program) => works(program));
  if (found) return found;
  if (!works('go', 'version')) throw new Error(NOTHING_TO_RUN);
  await build(cached);
  return cached;
}

const NOTHING_TO_RUN = `These tests need a LiveKit server and found none. Do one of these:
- put livekit-server ${VERSION} or later on the PATH (https://docs.livekit.io/transport/self-hosting/local/),
- set LIVEKIT_SERVER_BIN to such a program,
- install Go (https://go.dev/doc/install): the tests then build ${SOURCE} themselves, once,
- set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET to test against a LiveKit that already runs.`;

function works(program, question = '--version') {
  return spawnSync(program, [question], { stdio: 'ignore' }).status === 0;
}

async function build(target) {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'build-'));
  try {
    await goInstall(folder);
    // A rename is all or nothing: a build that was cut short, or a second one beside it, never leaves half a program.
    await rename(join(folder, 'server'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

async function goInstall(folder) {
  const started = Date.now();
  say(`Building LiveKit server ${VERSION} with Go into ${CACHE}: once, for some minutes.`);
  const ticker = setInterval(() => say(`... still building, ${Math.round((Date.now() - started) / 1000)} s`), 15_000);
  try {
    // The server needs no C compiler; left to itself, Go would look for one.
    const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0' };
    const go = spawn('go', ['install', SOURCE], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(go, 'exit');
    if (code !== 0) throw new Error(`go install ${SOURCE} failed with exit code ${code}; its reason stands above.`);
  } finally {
    clearInterval(ticker);
  }
}

// Run by itself, as a CI job does to fill the cache ahead of the tests, it prints where the server is.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await serverBinary()}\n`);
