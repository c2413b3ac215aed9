import { Logger } from '@nestjs/common';

import { EnvironmentError } from '../config/environment.error.js';
import { onFileChange } from '../config/watched-file.js';

import type { JoinRuleIndex } from './join-rule.index.js';
import { loadJoinRules, type LoadedRules } from './join-rules.file.js';

/** The rules of a file, reloaded when it changes. A broken file leaves the rules as they were. */
export class WatchedRules {
  private readonly logger = new Logger('JoinRules');
  private loaded: LoadedRules | undefined;
  private stopWatching = (): void => undefined;

  constructor(
    /** The environment variable that names the file. */
    private readonly variable: string,
    private readonly file: string,
    private readonly changed: (version: string) => void = () => undefined,
  ) {}

  /** Throws an {@link EnvironmentError} with every error of the file. */
  open(): void {
    this.stopWatching = onFileChange(this.file, () => this.reload());
    try {
      this.load();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.stopWatching();
  }

  get index(): JoinRuleIndex {
    if (this.loaded === undefined) throw new Error(`The rules of ${this.variable} are not loaded.`);
    return this.loaded.index;
  }

  get version(): string | undefined {
    return this.loaded?.version;
  }

  private reload(): void {
    const before = this.version;
    try {
      this.load();
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      this.logger.error(`${this.variable} is invalid; the rules stay as they were`, {
        errors: error.invalid.map(({ message }) => message),
      });
      return;
    }
    if (this.version !== undefined && this.version !== before) this.changed(this.version);
  }

  private load(): void {
    this.loaded = loadJoinRules(this.variable, this.file);
    this.logger.log(`${this.variable} was read`, { rules: this.loaded.index.rules.length });
  }
}
