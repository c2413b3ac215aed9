import { ForbiddenException, Injectable } from '@nestjs/common';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';

import { MeetingsService } from './meetings.service.js';

/** Members may join this long before the start, in milliseconds. */
const EARLY_MS = 10 * 60_000;

/** Admits the members of a meeting from 10 minutes before its start until its end. Hosts are room admins. */
@Injectable()
@TokenPolicy()
export class MeetingsPolicy implements TokenPolicyProvider {
  constructor(private readonly meetings: MeetingsService) {}

  async decide(_request: JoinRequest, terms: JoinTerms): Promise<JoinTerms> {
    const meeting = await this.meetings.meetingIn(terms.room);
    const member = await this.meetings.memberOf(terms.room, terms.identity);
    if (meeting === null || member === null) {
      throw new ForbiddenException('You are not invited to this meeting.', { errorCode: 'NOT_INVITED' });
    }
    if (Date.now() < meeting.startsAt.getTime() - EARLY_MS) {
      const startsAt = meeting.startsAt.toISOString();
      throw new ForbiddenException(
        { message: 'The meeting has not started.', startsAt },
        { errorCode: 'MEETING_NOT_STARTED' },
      );
    }
    // The service refuses with ACCESS_ENDED after the end, and removes participants who are in the room then.
    return { ...terms, endsAt: meeting.endsAt.getTime(), grants: { ...terms.grants, roomAdmin: member.isHost } };
  }
}
