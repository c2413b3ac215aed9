import { BadRequestException, ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, type Repository } from 'typeorm';

import type { MeetingDto } from './meeting.dto.js';
import { Meeting } from './meeting.entity.js';
import { MeetingMember } from './meeting-member.entity.js';

@Injectable()
export class MeetingsService {
  constructor(
    private readonly database: DataSource,
    @InjectRepository(Meeting) private readonly meetings: Repository<Meeting>,
    @InjectRepository(MeetingMember) private readonly members: Repository<MeetingMember>,
  ) {}

  /** Throws MEETING_EXISTS (409), or MEETING_TIMES (400) if it ends before it starts. */
  async create({ room, startsAt, endsAt, members }: MeetingDto, host: string): Promise<void> {
    if (endsAt <= startsAt) {
      throw new BadRequestException('A meeting must end after it starts.', { errorCode: 'MEETING_TIMES' });
    }
    const identities = [...new Set([host, ...members])];
    await this.database.transaction(async (manager) => {
      if (await manager.existsBy(Meeting, { room })) {
        throw new ConflictException('There is a meeting in this room.', { errorCode: 'MEETING_EXISTS' });
      }
      await manager.insert(Meeting, { room, startsAt, endsAt });
      await manager.insert(
        MeetingMember,
        identities.map((identity) => ({ room, identity, isHost: identity === host })),
      );
    });
  }

  meetingIn(room: string): Promise<Meeting | null> {
    return this.meetings.findOneBy({ room });
  }

  memberOf(room: string, identity: string): Promise<MeetingMember | null> {
    return this.members.findOneBy({ room, identity });
  }
}
