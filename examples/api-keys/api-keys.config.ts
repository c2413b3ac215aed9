/** API_KEYS: `name=sha256-of-the-key` pairs, comma separated. */
import { type ConfigType, registerAs } from '@nestjs/config';

export const apiKeysConfig = registerAs('apiKeys', () => {
  const pairs = (process.env['API_KEYS'] ?? '').split(',').map((pair) => /^([\w-]+)=([0-9a-f]{64})$/.exec(pair.trim()));
  return new Map(
    pairs.map((match): [hash: string, client: string] => {
      const [, client, hash] = match ?? [];
      if (client === undefined || hash === undefined) {
        throw new Error('API_KEYS must be a list of name=sha256-of-the-key in hexadecimal.');
      }
      return [hash, client];
    }),
  );
});

export type ApiKeysConfig = ConfigType<typeof apiKeysConfig>;
