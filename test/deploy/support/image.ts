/** Builds what a Dockerfile describes into a folder, without a container engine, and runs its commands from there. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { DockerContext } from './docker-context.js';
import { execForm, type Instruction, pairsOf, parseDockerfile, type Stage } from './dockerfile.js';

type Settings = Readonly<Record<string, string>>;

export class Image {
  readonly labels: Record<string, string> = {};
  readonly environment: Record<string, string> = {};
  readonly exposed: string[] = [];
  entrypoint: readonly string[] = [];
  command: readonly string[] = [];
  healthcheck: readonly string[] = [];
  user = '0:0';
  private workdir = '/';

  private constructor(
    readonly base: string,
    /** Stands for `/`, of which the base image's part is this machine's. */
    private readonly root: string,
  ) {}

  /** Builds the stages one after the other, each in a folder of its own; gives the last. */
  static async build(dockerfile: string, context: DockerContext, folder: string): Promise<Image> {
    const built = new Map<string, Image>();
    let image: Image | undefined;
    for (const [index, stage] of parseDockerfile(dockerfile).entries()) {
      image = new Image(stage.base, join(folder, `stage-${index}`));
      await image.follow(stage, context, built);
      if (stage.name !== undefined) built.set(stage.name, image);
    }
    if (image === undefined) throw new Error('The Dockerfile has no stage.');
    return image;
  }

  /** Where a path of the image is on this machine. */
  path(inside: string): string {
    return join(this.root, inside);
  }

  /** Starts a command as the image's user with nothing in its environment but the image's and these settings. */
  start([program = '', ...args]: readonly string[], settings: Settings = {}): ChildProcess {
    const [uid, gid] = this.user.split(':').map(Number);
    return spawn(program === 'node' ? process.execPath : program, args, {
      cwd: this.path(this.workdir),
      env: { ...this.environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nobody else can become somebody else.
      ...(process.getuid?.() === 0 && { uid, gid }),
    });
  }

  private async follow(stage: Stage, context: DockerContext, built: ReadonlyMap<string, Image>): Promise<void> {
    mkdirSync(this.root, { recursive: true });
    chmodSync(this.root, 0o755);
    for (const instruction of stage.instructions) await this.obey(instruction, context, built);
  }

  private async obey({ keyword, text }: Instruction, context: DockerContext, built: ReadonlyMap<string, Image>) {
    switch (keyword) {
      case 'WORKDIR':
        this.workdir = text;
        mkdirSync(this.path(text), { recursive: true });
        return;
      case 'COPY':
        return this.copy(text, context, built);
      case 'RUN':
        return this.run(text);
      case 'ENV':
        return void Object.assign(this.environment, pairsOf(text));
      case 'LABEL':
        return void Object.assign(this.labels, pairsOf(text));
      case 'EXPOSE':
        return void this.exposed.push(text);
      case 'USER':
        this.user = text;
        return;
      case 'ENTRYPOINT':
        this.entrypoint = execForm(text);
        return;
      case 'CMD':
        this.command = execForm(text);
        return;
      case 'HEALTHCHECK':
        this.healthcheck = execForm(text.replace(/^.*?CMD\s+/, ''));
        return;
    }
  }

  private copy(text: string, context: DockerContext, built: ReadonlyMap<string, Image>): void {
    const words = text.split(/\s+/);
    const from = words[0]?.startsWith('--from=') ? built.get(words.shift()?.slice('--from='.length) ?? '') : undefined;
    const destination = words.pop() ?? '';
    const target = join(this.path(this.workdir), destination);
    if (text.startsWith('--') && from === undefined) throw new Error(`COPY ${text} is not understood.`);
    if (words.length > 1 && !destination.endsWith('/')) throw new Error(`COPY ${text} needs a folder.`);
    mkdirSync(destination.endsWith('/') ? target : dirname(target), { recursive: true });
    for (const word of words) {
      if (from === undefined) context.copy(word, target);
      else copyInto(from.path(word), target);
    }
  }

  /** With this process's environment, in which the machine's way to the npm registry may be. */
  private async run(text: string): Promise<void> {
    if (/(^|\s)\/\w/.test(text)) throw new Error(`RUN ${text} may touch this machine.`);
    const { NODE_ENV: _env, NODE_OPTIONS: _options, ...own } = process.env;
    const options = { cwd: this.path(this.workdir), env: { ...own, ...this.environment }, maxBuffer: 2 ** 26 };
    await promisify(execFile)('/bin/sh', ['-c', text], options);
  }
}

function copyInto(source: string, target: string): void {
  const isFolder = statSync(source).isDirectory();
  cpSync(source, isFolder ? target : join(target, basename(source)), { recursive: true, verbatimSymlinks: true });
}
