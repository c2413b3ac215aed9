/** Gives the measured server one core and everything else another, so that neither slows the other down. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export class Cores {
  private constructor(
    readonly server: number | undefined,
    readonly load: number | undefined,
  ) {}

  /** Moves this process, and with it every later child, to the load core where the system allows that. */
  static claim(): Cores {
    const allowed = allowedCores();
    const server = allowed.at(0);
    if (server === undefined || allowed.length < 2) return new Cores(undefined, undefined);
    // Two threads of one physical core share its units, so the load would slow the server it measures.
    const siblings = coreList(`/sys/devices/system/cpu/cpu${server}/topology/thread_siblings_list`);
    const load = allowed.find((core) => !siblings.includes(core) && core !== server) ?? allowed.at(1);
    const moved = spawnSync('taskset', ['-a', '-c', '-p', String(load), String(process.pid)]);
    return moved.status === 0 ? new Cores(server, load) : new Cores(undefined, undefined);
  }

  get pinned(): boolean {
    return this.server !== undefined;
  }

  /** Both cores, or none if nothing is pinned. */
  get list(): number[] {
    return [this.server, this.load].filter((core) => core !== undefined);
  }

  /** taskset replaces itself with the server, so the child's process id stays the server's own. */
  serverCommand(command: string[]): string[] {
    return this.server === undefined ? command : ['taskset', '-c', String(this.server), ...command];
  }

  describe(): string {
    if (!this.pinned) return 'NOT pinned (needs taskset and two cores): server and load share the cores';
    return `server alone on core ${this.server}, load on core ${this.load}`;
  }
}

function allowedCores(): number[] {
  const status = readText('/proc/self/status');
  return parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
}

function coreList(path: string): number[] {
  return parseCores(readText(path).trim());
}

/** The kernel writes lists such as "0-3,8". */
function parseCores(list: string): number[] {
  const cores: number[] = [];
  for (const part of list.split(',')) {
    const [first, last = first] = part.split('-');
    if (!first) continue;
    for (let core = Number(first); core <= Number(last); core++) cores.push(core);
  }
  return cores;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
