import type { JourneyStep, TokenRefused } from './journey-step.js';
import type { JourneySubject, LiveKitSigns } from './journey.store.js';
import type { LiveKitView } from './livekit-view.js';

/** Everything that is known about a participant and a room when the question is asked. Times are in milliseconds since the epoch. */
export interface JourneyFacts {
  readonly now: number;
  readonly room: string;
  readonly identity: string;
  /** Of the participant, oldest first. */
  readonly steps: readonly JourneyStep[];
  /** Of the room, oldest first. */
  readonly roomSteps: readonly JourneyStep[];
  /** Refusals in this room whose callers are unknown, later than the last step of the participant. */
  readonly strangers: readonly TokenRefused[];
  /** Participants with steps whose names differ in case, spaces or punctuation only. */
  readonly similar: readonly Required<JourneySubject>[];
  /** When access of the participant, or of everybody in the room, was ended last by this service. */
  readonly ended?: { readonly at: number; readonly isRoom: boolean } | undefined;
  readonly isBanned: boolean;
  readonly signs: LiveKitSigns;
  /** Since when webhooks were heard without a gap that this process could know of. */
  readonly heardSince: number;
  readonly live: LiveKitView;
}
