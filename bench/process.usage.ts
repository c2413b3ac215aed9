/** Reads what one process has cost so far, in CPU time and memory, from outside of it. */
import { readdirSync, readFileSync } from 'node:fs';

export class ProcessUsage {
  constructor(private readonly pid: number) {}

  /**
   * User and system time of all threads, or null where the kernel does not tell.
   * The figures of /proc/PID/stat come in steps of 10 ms, too coarse for a window of a second or two.
   */
  cpuMicros(): number | null {
    try {
      let nanos = 0;
      for (const thread of readdirSync(`/proc/${this.pid}/task`)) {
        nanos += Number(readFileSync(`/proc/${this.pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
      }
      return nanos > 0 ? nanos / 1000 : null;
    } catch {
      return null;
    }
  }

  /** The most memory the process has held at one time, or null where the kernel does not tell. */
  peakMemoryBytes(): number | null {
    return this.statusBytes('VmHWM');
  }

  /** What it holds now, or null as above. */
  memoryBytes(): number | null {
    return this.statusBytes('VmRSS');
  }

  private statusBytes(name: string): number | null {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
      const kibibytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1];
      return kibibytes === undefined ? null : Number(kibibytes) * 1024;
    } catch {
      return null;
    }
  }
}
