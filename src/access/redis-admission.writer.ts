import { randomUUID } from 'node:crypto';

import type { RedisClient } from '../redis/redis.client.js';
import { CHANGES } from '../revocations/redis-revocation.scripts.js';
import type { RevocationLog } from '../revocations/revocation.log.js';

import { type Admission, type Participant, participantKey, rememberedUntil, subjectOf } from './admission.js';
import * as scripts from './redis-admission.scripts.js';
import { scopesOf, sessionField } from './redis-participant.js';

/** Writes admissions and connections to Redis. Methods resolve with undefined if Redis cannot be asked. */
export class RedisAdmissionWriter {
  /** Names this process in messages. */
  readonly name = randomUUID();

  constructor(
    private readonly redis: RedisClient,
    private readonly revocations: RevocationLog,
  ) {}

  /** Resolves with 0 if a later revocation covers the admission. `again`: it was recorded here while Redis was away. */
  record(admission: Admission, again: boolean): Promise<unknown> {
    const { room, identity } = admission;
    const key = participantKey(room, identity);
    const keepMs = Math.max(1, rememberedUntil([admission]) - Date.now());
    const revision = this.revocations.settled(subjectOf(admission), admission.revision);
    // It follows a revocation that is not in Redis yet.
    if (!Number.isInteger(revision)) return Promise.resolve(undefined);
    const scopes = scopesOf([admission]).flatMap((scope) => [scope, scripts.within(scope)]);
    return this.redis.run(
      scripts.RECORD,
      [scripts.participant(key), CHANGES, scripts.PRESENT, scripts.DUE],
      key,
      sessionField(admission),
      JSON.stringify(revision === admission.revision ? admission : { ...admission, revision }),
      keepMs,
      revision,
      this.name,
      again ? 1 : 0,
      ...scopes,
    );
  }

  /** Resolves with 1 if the connection is new. */
  joined(key: string, { admissions }: Participant, sid: string, since: number): Promise<unknown> {
    const sets = scopesOf(admissions).map((scope) => scripts.within(scope));
    return this.redis.run(scripts.JOINED, [scripts.participant(key), scripts.PRESENT, ...sets], key, sid, since);
  }

  /** `ended` is the time, if the connection does not come back. */
  async left(key: string, admissions: readonly Admission[], sid: string, ended: number | ''): Promise<void> {
    const sets = scopesOf(admissions).map((scope) => scripts.within(scope));
    const keepMs = Math.max(1, rememberedUntil(admissions, Date.now()) - Date.now());
    await this.redis.run(scripts.LEFT, [scripts.participant(key), scripts.PRESENT, ...sets], key, sid, keepMs, ended);
  }
}
