import { LRUCache } from 'lru-cache';

import { addStep, inOrder, type JourneyStep, KEEP_FOR_MS } from './journey-step.js';
import {
  type AddOptions,
  type JourneySubject,
  JourneyStore,
  type LiveKitSigns,
  MAX_SUBJECTS,
  participantOf,
  subjectKey,
} from './journey.store.js';

/** Takes about 15 MB when full, of participants with 8 steps each. */
export class LocalJourneyStore extends JourneyStore {
  override readonly since = Date.now();
  private readonly journeys = new LRUCache<string, JourneyStep[]>({ max: MAX_SUBJECTS, ttl: KEEP_FOR_MS });
  private readonly rooms = new LRUCache<string, JourneyStep[]>({ max: MAX_SUBJECTS, ttl: KEEP_FOR_MS });
  private known: LiveKitSigns = {};

  override add(subject: JourneySubject, step: JourneyStep, { onlyIfKnown = false }: AddOptions = {}): void {
    const cache = this.cacheOf(subject);
    const key = subjectKey(subject);
    const known = cache.get(key);
    if (known === undefined && onlyIfKnown) return;
    const steps = known ?? [];
    addStep(steps, step);
    cache.set(key, steps);
  }

  override sign(signs: LiveKitSigns): void {
    this.known = { ...this.known, ...signs };
  }

  override find(subject: JourneySubject): Promise<readonly JourneyStep[]> {
    return Promise.resolve(inOrder(this.cacheOf(subject).get(subjectKey(subject)) ?? [], Date.now()));
  }

  override signs(): Promise<LiveKitSigns> {
    return Promise.resolve(this.known);
  }

  override participants(): Promise<readonly Required<JourneySubject>[]> {
    return Promise.resolve([...this.journeys.keys()].map(participantOf));
  }

  private cacheOf({ identity }: JourneySubject): LRUCache<string, JourneyStep[]> {
    return identity === undefined ? this.rooms : this.journeys;
  }
}
