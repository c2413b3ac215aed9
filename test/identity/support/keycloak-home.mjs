/** Finds a Keycloak to test with, or downloads one from Maven Central once, into a cache outside the repository. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '26.7.3';
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:tar.gz`;
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'livekit-token-service');

export async function keycloakHome() {
  if (!works('java', '-version')) throw new Error(NOTHING_TO_RUN);
  const chosen = process.env.KEYCLOAK_HOME;
  if (chosen) {
    if (existsSync(join(chosen, 'bin/kc.sh'))) return chosen;
    throw new Error(`KEYCLOAK_HOME is ${chosen}, which has no bin/kc.sh.`);
  }
  const cached = join(CACHE, `keycloak-${VERSION}`);
  if (existsSync(cached)) return cached;
  if (!works('mvn', '--version')) throw new Error(NOTHING_TO_RUN);
  await download(cached);
  return cached;
}

const NOTHING_TO_RUN = `These tests need a Keycloak. Install Java 17 or later, and do one of these:
- set KEYCLOAK_HOME to the folder of a Keycloak ${VERSION} or later,
- install Maven: the tests then download ${ARTIFACT} from Maven Central, once.`;

function works(program, question) {
  return spawnSync(program, [question], { stdio: 'ignore' }).status === 0;
}

async function download(target) {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'download-'));
  try {
    process.stderr.write(`Downloading Keycloak ${VERSION} into ${CACHE}, once.\n`);
    run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`]);
    run('tar', ['xzf', join(folder, `keycloak-quarkus-dist-${VERSION}.tar.gz`), '-C', folder]);
    // A rename is all or nothing: a download that was cut short never leaves half a Keycloak.
    await rename(join(folder, `keycloak-${VERSION}`), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed with exit code ${status}.`);
}

// Run by itself, as a CI job does to fill the cache ahead of the tests, it prints where Keycloak is.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await keycloakHome()}\n`);
