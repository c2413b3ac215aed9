import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class MeetingMember {
  @PrimaryColumn('varchar')
  room!: string;

  /** The participant's identity in LiveKit. */
  @PrimaryColumn('varchar')
  identity!: string;

  @Column('boolean')
  isHost!: boolean;
}
