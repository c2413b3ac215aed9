/** Calls back when a file's content may have changed, also where a whole folder was swapped by a symbolic link. */
import { unwatchFile, watchFile } from 'node:fs';

/** Kubernetes swaps mounted secrets by symbolic link, and editors by rename: events of the file system miss both, a look does not. */
const LOOK_EVERY_MS = 1000;

/** Starts looking; returns what stops it. Does not keep the process alive. */
export function onFileChange(path: string, changed: () => void): () => void {
  const listener = (): void => changed();
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}
