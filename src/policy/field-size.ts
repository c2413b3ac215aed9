import type { JoinTerms } from './join-terms.js';

/**
 * In bytes of UTF-8. LiveKit accepts far more, but the token travels in a URL, of which common proxies accept 8 KiB: this is 5.5 KiB
 * in the Base64 of a token, and leaves room for names and grants.
 */
export const MAX_FIELD_BYTES = 4096;

/** The size of metadata, attributes and agents as LiveKit counts it: of a map, names and values. */
export function fieldBytes({
  metadata,
  attributes,
  agents,
}: Pick<JoinTerms, 'metadata' | 'attributes' | 'agents'>): number {
  const texts = [
    metadata,
    ...Object.entries(attributes ?? {}).flat(),
    ...(agents ?? []).flatMap((agent) => [
      agent.agentName,
      agent.metadata,
      agent.deployment,
      ...Object.entries(agent.attributes ?? {}).flat(),
    ]),
  ];
  return texts.reduce((sum: number, text) => sum + (text === undefined ? 0 : Buffer.byteLength(text)), 0);
}
