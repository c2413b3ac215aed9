/** Rejects joins of rooms that are not booked. */
import { ForbiddenException, Injectable } from '@nestjs/common';

import type { JoinRequest } from '../../src/policy/join-request.js';
import type { JoinTerms } from '../../src/policy/join-terms.js';
import { TokenPolicy, type TokenPolicyProvider } from '../../src/policy/token-policy.decorator.js';

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
