/** Who waits for which room, and who is admitted to it. Identities that have not been kept for 30 s no longer wait. */
export abstract class WaitingRoomStore {
  /** The guest waits; repeated to keep it waiting. */
  abstract keep(room: string, identity: string): Promise<void>;
  abstract leave(room: string, identity: string): Promise<void>;
  /** Sorted. */
  abstract waiting(room: string): Promise<readonly string[]>;
  /** Also of a guest who does not wait yet. */
  abstract admit(room: string, identity: string): Promise<void>;
  abstract isAdmitted(room: string, identity: string): Promise<boolean>;
  /** Ends all admissions to the room. */
  abstract close(room: string): Promise<void>;
  /** Calls `changed` with each room that has changed, or with undefined if any may have. */
  abstract subscribe(changed: (room?: string) => void): void;
}

/** In milliseconds. */
export const KEPT_FOR_MS = 30_000;
