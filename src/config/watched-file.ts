/** Calls back when a file's content may have changed, also where a whole folder was swapped by a symbolic link. */
import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Kubernetes swaps mounted secrets by symbolic link, and editors by rename: events of the file system miss both, a look
 * does not.
 */
const LOOK_EVERY_MS = 1000;

/**
 * Starts looking; returns what stops it. Start before the file is read: what changes in between is then seen as a change.
 * Does not keep the process alive.
 */
export function onFileChange(path: string, changed: () => void): () => void {
  let seen = signatureOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  const look = async (): Promise<void> => {
    const now = signatureOf(await stat(path, { bigint: true }).catch(() => undefined));
    if (now === seen) return;
    seen = now;
    changed();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

const signatureOf = (found: BigIntStats | undefined): string =>
  found ? `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}` : 'absent';
