/** A PostgreSQL of a suite's own on loopback, whose data is deleted when it is stopped. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../../src/testing/eventually.js';
import { freePort, type Running } from './program.js';

const NOTHING_TO_RUN = `This suite needs PostgreSQL and found none. Do one of these:
- install it (such as by: apt-get install postgresql),
- set POSTGRES_BIN to the folder of its programs initdb and postgres.`;

const DEBIAN = '/usr/lib/postgresql';

export interface Postgres extends Running {
  /** Of an empty database. */
  readonly url: string;
}

export async function startPostgres(): Promise<Postgres> {
  const bin = binaries();
  const data = mkdtempSync(join(tmpdir(), 'postgres-test-'));
  const account = accountFor(data);
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'test', '--auth', 'trust', '--no-sync', '-E', 'UTF8'], {
    cwd: data,
    stdio: 'pipe',
    ...account,
  });
  const port = await freePort();
  const options = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { cwd: data, stdio: ['ignore', 'ignore', 'pipe'], ...account },
  );
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const stop = async (): Promise<void> => {
    const exited = once(server, 'exit');
    // Does not wait for clients.
    if (server.exitCode === null && server.kill('SIGINT')) await exited;
    rmSync(data, { recursive: true, force: true });
  };
  await eventually(() => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended before it was ready:\n${log}`);
    return log.includes('ready to accept connections');
  });
  return { url: `postgres://test@127.0.0.1:${port}/postgres`, stop };
}

function binaries(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [process.env.POSTGRES_BIN ?? '', ...versions.map((version) => join(DEBIAN, version, 'bin'))];
  const found = folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error(NOTHING_TO_RUN);
  return found;
}

/** PostgreSQL does not run as root: there, Debian's account for it does. */
function accountFor(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ['-u', '-g'].map((option) =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' })),
  );
  chownSync(folder, uid, gid);
  return { uid, gid };
}
