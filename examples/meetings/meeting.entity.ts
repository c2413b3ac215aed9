import { Column, Entity, PrimaryColumn } from 'typeorm';

import { isoTime } from './iso-time.js';

@Entity()
export class Meeting {
  /** The name of LiveKit's room. */
  @PrimaryColumn('varchar')
  room!: string;

  @Column('varchar', { transformer: isoTime })
  startsAt!: Date;

  @Column('varchar', { transformer: isoTime })
  endsAt!: Date;
}
