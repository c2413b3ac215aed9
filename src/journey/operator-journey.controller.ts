import { Controller, Get, Header, Headers, Query, Req } from '@nestjs/common';
import type { Request } from 'express';

import { Public } from '../auth/public.decorator.js';
import { Section } from '../openapi/documented.decorator.js';
import { WebhookVerifier } from '../webhook/webhook.verifier.js';

import { JourneyDto } from './dto/journey.dto.js';
import { JourneyQuery } from './dto/journey-query.dto.js';
import { OperatorJourneyReference } from './journey.documentation.js';
import { JourneyService } from './journey.service.js';
import { OPERATOR_JOURNEY_PATH } from './journey.routes.js';

/** The journey for those who have a key pair of LiveKit, and so may do everything there: `npm run doctor`. */
@Public()
@Section('LiveKit')
@Controller(OPERATOR_JOURNEY_PATH)
export class OperatorJourneyController {
  constructor(
    private readonly signatures: WebhookVerifier,
    private readonly journeys: JourneyService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @OperatorJourneyReference()
  async tell(
    @Headers('authorization') authorization: string | undefined,
    @Query() { room, identity }: JourneyQuery,
    @Req() { originalUrl }: Request,
  ): Promise<JourneyDto> {
    // Signed as a webhook is, with the address in place of the body: tokens of participants have no such signature.
    await this.signatures.verify(authorization, Buffer.from(originalUrl));
    return JourneyDto.of(await this.journeys.tell(room, identity, () => Promise.resolve(true)));
  }
}
