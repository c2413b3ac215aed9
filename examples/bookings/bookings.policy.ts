/** Rejects joins of rooms that are not booked. */
import { ForbiddenException, Injectable } from '@nestjs/common';
import { type JoinRequest, type JoinTerms, TokenPolicy, type TokenPolicyProvider } from 'livekit-token-service/policy';

import { BookingsService } from './bookings.service.js';

@Injectable()
@TokenPolicy()
export class BookingsPolicy implements TokenPolicyProvider {
  constructor(private readonly bookings: BookingsService) {}

  decide(_request: JoinRequest, terms: JoinTerms): JoinTerms {
    if (this.bookings.isBooked(terms.room)) return terms;
    throw new ForbiddenException('This room is not booked.', { errorCode: 'ROOM_NOT_BOOKED' });
  }
}
