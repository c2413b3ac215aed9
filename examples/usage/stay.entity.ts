import { Column, Entity, Index, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** PostgreSQL returns 64-bit integers as strings. */
const toNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** One connection of a person to a room. Times in seconds since the epoch, as in LiveKit's webhooks. */
@Entity()
export class Stay {
  /** LiveKit gives each connection a new sid. */
  @PrimaryColumn('varchar')
  sid!: string;

  @Index()
  @Column('varchar')
  room!: string;

  @Column('varchar')
  identity!: string;

  @Column('bigint', { transformer: toNumber })
  joinedAt!: number;

  /** When LiveKit last listed the participant. */
  @Column('bigint', { transformer: toNumber })
  seenAt!: number;

  /** Null while the person is in the room. */
  @Column('bigint', { nullable: true, transformer: toNumber })
  leftAt!: number | null;

  /** True if no webhook has told the end: `leftAt` is `seenAt` then. */
  @Column('boolean', { default: false })
  estimated!: boolean;
}
