import type { OnModuleInit } from '@nestjs/common';

import type { RedisClient } from '../redis/redis.client.js';
import { type RevocationScope, scopeKey } from '../revocations/revocation.js';
import type { RevocationLog } from '../revocations/revocation.log.js';

import { type Admission, type Participant, participantKey } from './admission.js';
import { AdmissionCopies } from './admission-copies.js';
import { AdmissionStore, type Claim } from './admission.store.js';
import { CLAIM_MS, type LocalAdmissionStore } from './local-admission.store.js';
import * as scripts from './redis-admission.scripts.js';
import { RedisAdmissionWriter } from './redis-admission.writer.js';
import { readParticipant, sessionField, storedText } from './redis-participant.js';

/** Participants that are written at a time. */
const AT_ONCE = 100;

/** Admissions that instances share. While Redis is away, the process goes on with what it recorded itself, and writes it later. */
export class RedisAdmissionStore extends AdmissionStore implements OnModuleInit {
  private readonly unwritten = new Set<string>();
  private readonly copies: AdmissionCopies;
  private readonly writer: RedisAdmissionWriter;
  /** Whether this process is told of every change. */
  private isTold = (): boolean => false;

  constructor(
    private readonly redis: RedisClient,
    private readonly own: LocalAdmissionStore,
    private readonly revocations: RevocationLog,
  ) {
    super();
    this.copies = new AdmissionCopies(revocations);
    this.writer = new RedisAdmissionWriter(redis, revocations);
  }

  onModuleInit(): void {
    this.isTold = this.redis.subscribe(scripts.CHANNEL, (message) => {
      if (message === undefined) return this.copies.clear();
      const [sender = '', ...rest] = message.split(' ');
      const key = rest.join(' ');
      if (sender === this.writer.name) return;
      this.copies.outdated(key);
      if (!this.unwritten.has(key)) this.own.forget(key);
    });
    this.revocations.listen({ lost: () => this.own.keys.forEach((key) => this.unwritten.add(key)) });
  }

  override async record(admission: Admission): Promise<boolean> {
    if (this.own.isRevoked(admission)) return false;
    const key = participantKey(admission.room, admission.identity);
    const keep = this.copies.begin(key);
    const written = await this.writer.record(admission, false);
    if (written === 0) return false;
    this.own.remember(admission);
    keep(await this.own.find(key), false);
    if (written === undefined) this.unwritten.add(key);
    return true;
  }

  override async replace(before: Admission, after: Admission): Promise<boolean> {
    const key = participantKey(before.room, before.identity);
    const text = storedText(before);
    if (text !== undefined) {
      const field = sessionField(before);
      const replaced = await this.redis.run(
        scripts.REPLACE,
        [scripts.participant(key)],
        field,
        text,
        JSON.stringify(after),
        this.writer.name,
        key,
      );
      this.copies.outdated(key);
      if (replaced === 1) this.own.remember(after);
      if (replaced !== undefined) return replaced === 1;
    }
    this.unwritten.add(key);
    return this.own.replace(before, after);
  }

  override async find(key: string): Promise<Participant | undefined> {
    const hash = await this.redis.ask((connection) => connection.hgetall(scripts.participant(key)), 'HGETALL');
    return hash === undefined ? this.own.find(key) : readParticipant(hash);
  }

  override async recall(key: string): Promise<Participant | undefined> {
    if (this.unwritten.has(key)) return this.own.find(key);
    const copy = this.isTold() ? this.copies.sufficient(key) : undefined;
    if (copy !== undefined) return copy;
    const keep = this.copies.begin(key);
    const hash = await this.redis.ask((connection) => connection.hgetall(scripts.participant(key)), 'HGETALL');
    if (hash === undefined) return (await this.own.find(key)) ?? this.copies.last(key);
    const found = readParticipant(hash);
    keep(found, true);
    return found;
  }

  override async findAll(keys: readonly string[]): Promise<readonly (Participant | undefined)[]> {
    if (keys.length === 0) return [];
    const found = await this.redis.ask(async (connection) => {
      const pipeline = connection.pipeline();
      for (const key of keys) pipeline.hgetall(scripts.participant(key));
      return (await pipeline.exec()) ?? [];
    }, 'PIPELINE HGETALL');
    if (found === undefined || found.some(([error]) => error !== null)) return this.own.findAll(keys);
    return found.map(([, hash]) => readParticipant(hash as Record<string, string>));
  }

  override async joined(key: string, sid: string): Promise<boolean> {
    const participant = await this.find(key);
    if (participant === undefined) return false;
    const isNewHere = await this.own.joined(key, sid);
    const isNew = await this.writer.joined(key, participant, sid, Date.now());
    if (isNew === undefined) this.unwritten.add(key);
    return isNew === undefined ? isNewHere : isNew === 1;
  }

  override async left(key: string, sid: string): Promise<void> {
    await this.own.left(key, sid);
    await this.writer.left(key, (await this.find(key))?.admissions ?? [], sid, Date.now());
  }

  override async missing(key: string, sid: string): Promise<void> {
    await this.own.missing(key, sid);
    await this.writer.left(key, (await this.find(key))?.admissions ?? [], sid, '');
  }

  override async present(scope?: RevocationScope): Promise<readonly string[]> {
    const found =
      scope === undefined
        ? await this.redis.ask((connection) => connection.smembers(scripts.PRESENT), 'SMEMBERS')
        : await this.redis.run(scripts.WITHIN, [scripts.within(scopeKey(scope)), scripts.PRESENT]);
    return found === undefined ? this.own.present(scope) : (found as string[]);
  }

  override async keep(keys: readonly string[]): Promise<void> {
    for (let first = 0; first < keys.length; first += AT_ONCE) {
      const some = keys.slice(first, first + AT_ONCE);
      await this.redis.run(scripts.KEEP, [scripts.PRESENT, ...some.map((key) => scripts.participant(key))], ...some);
    }
  }

  override async examineAt(keys: readonly string[], at: number): Promise<void> {
    const time = at <= Date.now() ? '' : at;
    if ((await this.redis.run(scripts.EXAMINE_AT, [scripts.DUE], time, ...keys)) !== undefined) return;
    for (const key of keys) this.unwritten.add(key);
    await this.own.examineAt(keys, at);
  }

  override async permissionDue(key: string, due: boolean): Promise<void> {
    await this.own.permissionDue(key, due);
    await this.redis.ask(
      (connection) =>
        due ? connection.hset(scripts.participant(key), 'p', '1') : connection.hdel(scripts.participant(key), 'p'),
      due ? 'HSET' : 'HDEL',
    );
  }

  override async claimDue(limit: number): Promise<readonly Claim[]> {
    const reply = await this.redis.run(scripts.CLAIM, [scripts.DUE], limit, CLAIM_MS);
    if (!Array.isArray(reply)) return this.own.claimDue(limit);
    await this.writeMissing();
    const [until, keys] = reply as [until: string, keys: string[]];
    return keys.map((key) => ({ key, until: Number(until) }));
  }

  override async examined(claim: Claim, next: number | undefined): Promise<void> {
    await this.own.examined(claim, undefined);
    const done = await this.redis.run(scripts.EXAMINED, [scripts.DUE], claim.key, claim.until, next ?? '');
    if (done === undefined && next !== undefined) await this.examineAt([claim.key], next);
  }

  /** While Redis is away, each process does the task. */
  override async takeTurn(task: string, intervalMs: number): Promise<boolean> {
    const taken = await this.redis.ask(async (connection) => {
      return (await connection.set(scripts.turn(task), this.writer.name, 'PX', Math.ceil(intervalMs), 'NX')) === 'OK';
    }, 'SET');
    return taken ?? true;
  }

  /** Writes what could not be written before. */
  private async writeMissing(): Promise<void> {
    if (this.unwritten.size === 0) return;
    // Revocations come first: admissions that were decided after them take their numbers.
    await this.revocations.refresh();
    for (const key of [...this.unwritten].slice(0, AT_ONCE)) {
      this.unwritten.delete(key);
      const participant = await this.own.find(key);
      if (participant !== undefined && !(await this.writeAgain(key, participant))) this.unwritten.add(key);
    }
  }

  private async writeAgain(key: string, participant: Participant): Promise<boolean> {
    for (const admission of participant.admissions) {
      if ((await this.writer.record(admission, true)) === undefined) return false;
    }
    for (const [sid, since] of participant.connections) {
      if ((await this.writer.joined(key, participant, sid, since)) === undefined) return false;
    }
    if (participant.connections.size === 0) return true;
    if (participant.permissionDue) await this.permissionDue(key, true);
    await this.examineAt([key], 0);
    return true;
  }
}
