/** What LiveKit says when it is asked, for {@link conclude}. */
export interface LiveKitView {
  /** Of the server API: `off` without an address, `failed` if the response tells nothing. */
  readonly api: 'responds' | 'unreachable' | 'refuses_key' | 'failed' | 'off';
  /** What LiveKit makes of a new token of this service. */
  readonly token: 'accepted' | 'refused_clock' | 'refused_key' | 'unknown';
  /** Seconds by which LiveKit's clock is ahead of ours; undefined if it does not say. */
  readonly clockAhead?: number | undefined;
  /** What is at LIVEKIT_URL, where clients connect, as seen from here. */
  readonly address: 'livekit' | 'other_livekit' | 'other' | 'unreachable' | 'unknown';
  /** LIVEKIT_URL, without a path. */
  readonly host?: string | undefined;
  /** False if LiveKit refuses joins of rooms that do not exist. */
  readonly createsRooms: boolean;
  /** Undefined if there is none, or LiveKit could not be asked. */
  readonly room?: { readonly sid: string; readonly participants: number; readonly max: number } | undefined;
  /** Undefined if LiveKit lists none, or could not be asked. */
  readonly participant?: PresentParticipant | undefined;
}

export interface PresentParticipant {
  readonly sid: string;
  /** Whether media can flow. */
  readonly isActive: boolean;
  readonly tracks: number;
  /** Since the signal connection, in seconds. */
  readonly seconds: number;
}
