import { TrackSource } from 'livekit-server-sdk';

import type { TrackSourceName } from './token-terms.js';

/** LiveKit's numbers of the sources that {@link JoinGrants} names. */
export const SOURCES: Readonly<Record<TrackSourceName, TrackSource>> = {
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};
