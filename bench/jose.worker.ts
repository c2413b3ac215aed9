/** Verifies access tokens by jose alone, one after the other, in a process that does nothing else. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

export interface JoseOrder {
  keySet: JSONWebKeySet;
  expectations: { issuer: string; audience: string };
  /** By the name that their figure has in the reply. */
  bearers: Record<string, string[]>;
  seconds: number;
}

/** CPU time of the whole process a token, the thread pool's with it. */
export type JoseReply = Record<string, number>;

process.once('message', async (order) => {
  process.send?.(await reply(order as JoseOrder));
  process.disconnect();
});

async function reply({ keySet, expectations, bearers, seconds }: JoseOrder): Promise<JoseReply> {
  const keys = createLocalJWKSet(keySet);
  const verifyFor = async (tokens: string[], limitMs: number): Promise<number> => {
    const end = performance.now() + limitMs;
    const before = process.cpuUsage();
    let verified = 0;
    while (performance.now() < end) {
      await jwtVerify(tokens[verified % tokens.length] ?? '', keys, expectations);
      verified++;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / verified;
  };
  const figures: JoseReply = {};
  for (const [name, tokens] of Object.entries(bearers)) {
    await verifyFor(tokens, seconds * 500);
    figures[name] = await verifyFor(tokens, seconds * 1000);
  }
  return figures;
}
