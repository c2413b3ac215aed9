import { type ConfigType, registerAs } from '@nestjs/config';

export interface Partner {
  readonly name: string;
  /** Replaces RATE_LIMIT_PER_CALLER for this partner. */
  readonly requestsPerMinute: number;
}

const ENTRY = /^([\w-]+):([1-9]\d{0,5}):([0-9a-f]{64})$/;

/** PARTNER_KEYS: entries `name:requests-per-minute:sha256-of-the-key`, comma separated. Gives the partners by the hash of their key. */
export const partnerKeysConfig = registerAs('partnerKeys', () => {
  const partners = new Map<string, Partner>();
  for (const entry of (process.env['PARTNER_KEYS'] ?? '').split(',').filter(Boolean)) {
    const [, name, requestsPerMinute, hash] = ENTRY.exec(entry.trim()) ?? [];
    if (name === undefined || hash === undefined || partners.has(hash)) {
      // Without the entry: it may contain a key.
      throw new Error('PARTNER_KEYS must be a list of name:requests-per-minute:sha256-of-the-key, each key once.');
    }
    partners.set(hash, { name, requestsPerMinute: Number(requestsPerMinute) });
  }
  return partners;
});

export type PartnerKeysConfig = ConfigType<typeof partnerKeysConfig>;
