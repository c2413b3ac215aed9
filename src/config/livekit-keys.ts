/** An API key of LiveKit and its secret. */
export interface LiveKitKeyPair {
  readonly key: string;
  readonly secret: string;
}

/** The key pairs of the environment. The first pair signs, all pairs verify. */
export interface LiveKitKeys {
  readonly pairs: readonly [LiveKitKeyPair, ...LiveKitKeyPair[]];
  /** The path in LIVEKIT_KEYS_FILE; undefined if the pair comes from LIVEKIT_API_KEY and LIVEKIT_API_SECRET. */
  readonly file?: string;
  /** Whether placeholders and short secrets are invalid, as in production. */
  readonly strict?: boolean;
}
