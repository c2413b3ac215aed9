/** Results of a check, in words for an operator. They contain no secret and quote no response of another server. */

/** `fault`: an error that must be corrected; printed as `error`. `warning`: may be intended. `skipped`: could not be checked. */
export type Level = 'ok' | 'warning' | 'fault' | 'skipped';

export interface Finding {
  readonly level: Level;
  /** One sentence: what was found. */
  readonly found: string;
  /** What to do, if there is something to do. */
  readonly advice?: string;
}

export const ok = (found: string): Finding => ({ level: 'ok', found });
export const warning = (found: string, advice: string): Finding => ({ level: 'warning', found, advice });
export const fault = (found: string, advice: string): Finding => ({ level: 'fault', found, advice });
export const skipped = (found: string, advice?: string): Finding =>
  advice === undefined ? { level: 'skipped', found } : { level: 'skipped', found, advice };
