import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';

import { Stay } from './stay.entity.js';

export type NewStay = Pick<Stay, 'sid' | 'room' | 'identity' | 'joinedAt'>;

export interface RoomUsage {
  readonly room: string;
  readonly stays: number;
  /** Stays whose end no webhook has told. They count until LiveKit last listed the participant. */
  readonly estimated: number;
  readonly seconds: number;
}

/** Below the number of parameters that databases accept in one statement. */
const BATCH = 500;

/** All methods may be repeated, in any order, and by several instances at a time. */
@Injectable()
export class Stays {
  constructor(@InjectRepository(Stay, 'usage') private readonly stays: Repository<Stay>) {}

  /** Does not reopen a stay that has ended: its `participant_joined` came late. */
  async begin(stays: readonly NewStay[]): Promise<void> {
    const rows = stays.map((stay) => ({ ...stay, seenAt: stay.joinedAt, leftAt: null }));
    for (const batch of batchesOf(rows)) {
      await this.stays.createQueryBuilder().insert().values(batch).orIgnore().execute();
    }
  }

  /** The end that LiveKit has told replaces an estimated one. */
  async end(stay: NewStay, leftAt: number): Promise<void> {
    await this.begin([stay]);
    await this.stays.update({ sid: stay.sid }, { leftAt, estimated: false });
  }

  async open(): Promise<string[]> {
    const found = await this.stays.find({ select: { sid: true }, where: { leftAt: IsNull() } });
    return found.map(({ sid }) => sid);
  }

  /** LiveKit lists these participants: they are present, also those who were missing from an earlier list. */
  async seen(sids: readonly string[], seenAt: number): Promise<void> {
    for (const batch of batchesOf(sids)) {
      await this.stays.update({ sid: In(batch) }, { seenAt });
      await this.stays.update({ sid: In(batch), estimated: true }, { leftAt: null, estimated: false });
    }
  }

  /** LiveKit does not list these participants: they have left since they were last seen. */
  async missing(sids: readonly string[]): Promise<void> {
    for (const batch of batchesOf(sids)) {
      await this.stays.update({ sid: In(batch), leftAt: IsNull() }, { leftAt: () => '"seenAt"', estimated: true });
    }
  }

  /** What lies between the two times. Open stays count until `to`. */
  async usage(from: number, to: number): Promise<RoomUsage[]> {
    const start = 'CASE WHEN stay.joinedAt < :from THEN :from ELSE stay.joinedAt END';
    const end = 'CASE WHEN stay.leftAt IS NULL OR stay.leftAt > :to THEN :to ELSE stay.leftAt END';
    const rows = await this.stays
      .createQueryBuilder('stay')
      .select('stay.room', 'room')
      .addSelect('COUNT(*)', 'stays')
      .addSelect('SUM(CASE WHEN stay.estimated THEN 1 ELSE 0 END)', 'estimated')
      .addSelect(`SUM((${end}) - (${start}))`, 'seconds')
      .where('stay.joinedAt < :to AND (stay.leftAt IS NULL OR stay.leftAt > :from)', { from, to })
      .groupBy('stay.room')
      .orderBy('stay.room')
      .getRawMany<Record<keyof RoomUsage, string>>();
    return rows.map(({ room, stays, estimated, seconds }) => ({
      room,
      stays: Number(stays),
      estimated: Number(estimated),
      seconds: Number(seconds),
    }));
  }
}

function batchesOf<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH));
}
