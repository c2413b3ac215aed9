import { LRUCache } from 'lru-cache';

import type { RevocationLog } from '../revocations/revocation.log.js';

import type { Participant } from './admission.js';
import { standingOf } from './standing.js';

/** About 40 MB when full, with 1 KB of claims each. */
const MAX_COPIES = 20_000;

interface Copy {
  readonly participant: Participant;
  /** False if it has the newest admission, but maybe not those of other sessions. */
  readonly complete: boolean;
}

/** What Redis has of participants, for reads without a call. Messages of other processes name the copies that are outdated. */
export class AdmissionCopies {
  private readonly copies = new LRUCache<string, Copy>({ max: MAX_COPIES });
  private messages = 0;

  constructor(private readonly revocations: RevocationLog) {}

  /** Returns a function that keeps what was read or written since, unless a message came meanwhile: it may have overtaken the reply. */
  begin(key: string): (participant: Participant | undefined, complete: boolean) => void {
    const { messages } = this;
    return (participant, complete) => {
      if (participant === undefined || this.messages !== messages) this.copies.delete(key);
      else this.copies.set(key, { participant, complete });
    };
  }

  outdated(key: string): void {
    this.messages += 1;
    this.copies.delete(key);
  }

  /** Messages may have been lost. */
  clear(): void {
    this.messages += 1;
    this.copies.clear();
  }

  /** The copy, if it suffices to say what the participant may do: the newest admission counts while it is not over. */
  sufficient(key: string): Participant | undefined {
    const { participant, complete } = this.copies.get(key) ?? {};
    if (participant === undefined || complete) return participant;
    return standingOf(participant, this.revocations)?.end === undefined ? participant : undefined;
  }

  /** Also what messages would say is outdated, were there any. */
  last(key: string): Participant | undefined {
    return this.copies.get(key)?.participant;
  }
}
