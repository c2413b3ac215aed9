import type { LiveKitKeyPair } from '../config/livekit-keys.js';

/** Options of `LiveKitModule.forRoot()`. `keys`, `keysFile` or both must be set. */
export interface LiveKitOptions {
  /**
   * LiveKit's address for clients, `ws://`, `wss://`, `http://` or `https://`. It is the `server_url` of the standard token endpoint.
   *
   * @default calls of the server API and the standard token endpoint fail with LIVEKIT_URL_MISSING (503)
   */
  readonly url?: string | undefined;
  /**
   * LiveKit's address for this process, for calls of the server API.
   *
   * @default url
   */
  readonly internalUrl?: string | undefined;
  /**
   * Pairs of API key and secret: the first pair signs, all pairs verify webhooks.
   *
   * @default the pairs of `keysFile`
   */
  readonly keys?: readonly LiveKitKeyPair[] | undefined;
  /**
   * Path of a YAML file of `key: secret` lines, the format of `livekit-server --key-file`. It is read again when it changes, and its pairs
   * replace `keys`. An invalid file stops the start; one that becomes invalid later is logged, and the pairs stay as they are.
   *
   * @default no file
   */
  readonly keysFile?: string | undefined;
  /**
   * Whether development keys, placeholders and secrets of less than 32 characters in `keysFile` are invalid.
   *
   * @default false
   */
  readonly strictKeys?: boolean | undefined;
}
