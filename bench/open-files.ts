/** How many files a process may have open: each connection is one. */
import { readFileSync } from 'node:fs';

/** The hard limit, to which Node raises its own at the start; without an end where the kernel does not tell. */
export function openFilesLimit(): number {
  try {
    const [, hard] = /^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return hard === undefined ? Number.POSITIVE_INFINITY : Number(hard);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
