import { Body, Controller, ForbiddenException, Post } from '@nestjs/common';
import { type Caller, CurrentCaller } from 'livekit-token-service/auth';

import { MeetingDto } from './meeting.dto.js';
import { MeetingsService } from './meetings.service.js';

@Controller('meetings')
export class MeetingsController {
  constructor(private readonly meetings: MeetingsService) {}

  /** The caller becomes the host. */
  @Post()
  async create(@Body() meeting: MeetingDto, @CurrentCaller() caller: Caller): Promise<{ room: string }> {
    if (caller.kind === 'anonymous') {
      throw new ForbiddenException('Meetings need authentication.', { errorCode: 'HOST_UNKNOWN' });
    }
    await this.meetings.create(meeting, caller.identity);
    return { room: meeting.room };
  }
}
