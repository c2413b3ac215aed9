import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Polls: Kubernetes swaps mounted secrets by symbolic link and editors replace files by rename, which fs.watch misses. */
const POLL_EVERY_MS = 1000;

/**
 * Calls `changed` when the content of the file may have changed. Returns a function that stops the watch. Start it before the
 * file is read, so that a change in between is noticed. Does not keep the process alive.
 */
export function onFileChange(path: string, changed: () => void): () => void {
  let seen = signatureOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  const look = async (): Promise<void> => {
    const now = signatureOf(await stat(path, { bigint: true }).catch(() => undefined));
    if (now === seen) return;
    seen = now;
    changed();
  };
  const timer = setInterval(() => void look(), POLL_EVERY_MS).unref();
  return () => clearInterval(timer);
}

const signatureOf = (found: BigIntStats | undefined): string =>
  found ? `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}` : 'absent';
