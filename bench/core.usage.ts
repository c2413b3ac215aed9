/** Reads how long some cores have been busy so far, whoever kept them busy. */
import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second here on every machine that runs Node. */
const MICROS_PER_TICK = 10_000;

export class CoreUsage {
  constructor(private readonly cores: number[]) {}

  /** The busy time of all these cores, or null where the kernel does not tell. */
  busyMicros(): number | null {
    if (this.cores.length === 0) return null;
    try {
      const stat = readFileSync('/proc/stat', 'latin1');
      let ticks = 0;
      for (const core of this.cores) {
        const counts = new RegExp(`^cpu${core} (.+)$`, 'm').exec(stat)?.[1]?.split(' ').map(Number);
        if (counts === undefined) return null;
        // The order is fixed: the fourth is idle, the fifth is waiting for a disk, the last two are counted already.
        const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = counts;
        ticks += user + nice + system + irq + softirq + steal;
      }
      return ticks * MICROS_PER_TICK;
    } catch {
      return null;
    }
  }
}
