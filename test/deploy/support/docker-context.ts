/** What of a folder a container engine would be given to build from, as .dockerignore says. */
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

interface Pattern {
  readonly excludes: boolean;
  readonly matches: RegExp;
}

export class DockerContext {
  private readonly patterns: readonly Pattern[];

  constructor(readonly folder: string) {
    this.patterns = readFileSync(join(folder, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => ({ excludes: !line.startsWith('!'), matches: expressionOf(line.replace(/^!/, '').trim()) }));
  }

  has(source: string): boolean {
    const path = join(this.folder, source);
    return existsSync(path) && this.holds(path);
  }

  /** As COPY does: a file into a folder, the content of a folder into a folder. Throws for what the builder would not find. */
  copy(source: string, target: string): void {
    const from = join(this.folder, source);
    if (!this.has(source)) throw new Error(`${source} is not in the context of the build.`);
    cpSync(from, statSync(from).isDirectory() ? target : join(target, basename(source)), {
      recursive: true,
      filter: (path) => path === from || this.holds(path),
    });
  }

  /** The last pattern that matches the path, or a folder that it is in, decides. */
  private holds(path: string): boolean {
    const parts = relative(this.folder, path).split(sep);
    const paths = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
    const last = this.patterns.findLast(({ matches }) => paths.some((candidate) => matches.test(candidate)));
    return last?.excludes !== true;
  }
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('**/', '(.*/)?').replaceAll(/(?<![.)])\*/g, '[^/]*')}$`);
}
