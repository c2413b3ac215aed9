/** Names an API key so that an operator recognises it, and nobody else learns it. */
import type { KeyRing } from '../livekit/key-ring.service.js';

/** Where key and secret were swapped by mistake, this is the beginning of a secret. */
const SHOWN = 3;

export const shortKey = (key: string): string => `${key.slice(0, SHOWN)}... (${key.length} characters)`;

export const keySource = ({ file }: KeyRing): string => (file === undefined ? 'LIVEKIT_API_KEY' : 'LIVEKIT_KEYS_FILE');
