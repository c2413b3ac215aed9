import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class Meeting {
  /** The name of LiveKit's room. */
  @PrimaryColumn('varchar')
  room!: string;

  @Column()
  startsAt!: Date;

  @Column()
  endsAt!: Date;
}
