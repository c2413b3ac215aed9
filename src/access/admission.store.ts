import type { RevocationScope } from '../revocations/revocation.js';

import type { Admission, Participant } from './admission.js';

/** The task to examine a participant, which no other process has. */
export interface Claim {
  readonly key: string;
  /** Tells whether the participant has become due again meanwhile. */
  readonly until: number;
}

/**
 * Who was admitted, who is present, and whose access has to be examined at what time. Participants are named by `participantKey`. No
 * method rejects. Times are in milliseconds since the epoch.
 */
export abstract class AdmissionStore {
  /** Remembers an admission, in place of that of the same session. False if a later revocation covers it: decide again. */
  abstract record(admission: Admission): Promise<boolean>;
  /** Replaces an admission, unless the session has another one by now. */
  abstract replace(before: Admission, after: Admission): Promise<boolean>;
  abstract find(key: string): Promise<Participant | undefined>;
  /** The admissions, without asking elsewhere if this process is told of every change. The connections may be outdated. */
  abstract recall(key: string): Promise<Participant | undefined>;
  abstract findAll(keys: readonly string[]): Promise<readonly (Participant | undefined)[]>;

  /** Notes a connection. True if it is new. The participant must be known; late news of a connection that has ended are ignored. */
  abstract joined(key: string, sid: string): Promise<boolean>;
  /** Notes the end of a connection: it does not come back. */
  abstract left(key: string, sid: string): Promise<void>;
  /** Notes that LiveKit does not list a connection. */
  abstract missing(key: string, sid: string): Promise<void>;
  /** The keys of those who are present and have an admission within the scope, or of all who are present. */
  abstract present(scope?: RevocationScope): Promise<readonly string[]>;
  /** Keeps the records of participants who are present, which are forgotten after a week without this. */
  abstract keep(keys: readonly string[]): Promise<void>;

  /** Has the participants examined at that time, if not before. */
  abstract examineAt(keys: readonly string[], at: number): Promise<void>;
  /** Marks whether LiveKit has to be told the grants of the participant. */
  abstract permissionDue(key: string, due: boolean): Promise<void>;
  /** Claims participants whose time has come. They are due again after some seconds unless `examined` is called. */
  abstract claimDue(limit: number): Promise<readonly Claim[]>;
  /** Ends the claim. Keeps an earlier time that was set meanwhile. */
  abstract examined(claim: Claim, next: number | undefined): Promise<void>;

  /** Whether this process may do the task that one process does in each interval. */
  abstract takeTurn(task: string, intervalMs: number): Promise<boolean>;
}
