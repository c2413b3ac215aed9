/** What a check found out, in words for an operator: none of them is a secret, or a text that somebody else wrote. */

/** A fault has to be mended; a warning may be meant so. Skipped is what could not be looked at. */
export type Level = 'ok' | 'warning' | 'fault' | 'skipped';

export interface Finding {
  readonly level: Level;
  /** One sentence: what was found. */
  readonly found: string;
  /** What to do about it, where something is to be done. */
  readonly advice?: string;
}

export const ok = (found: string): Finding => ({ level: 'ok', found });
export const warning = (found: string, advice: string): Finding => ({ level: 'warning', found, advice });
export const fault = (found: string, advice: string): Finding => ({ level: 'fault', found, advice });
export const skipped = (found: string, advice?: string): Finding =>
  advice === undefined ? { level: 'skipped', found } : { level: 'skipped', found, advice };
