/** Shortens an API key, so that operators recognise it and the output does not contain it. */
import type { KeyRing } from '../livekit/key-ring.service.js';

/** In characters. If key and secret were swapped, these are the beginning of the secret. */
const SHOWN = 3;

export const shortKey = (key: string): string => `${key.slice(0, SHOWN)}... (${key.length} characters)`;

export const keySource = ({ file }: KeyRing): string => (file === undefined ? 'LIVEKIT_API_KEY' : 'LIVEKIT_KEYS_FILE');
