/** The page at /: ask for a token, see what it grants, join the room. */
import { Module } from '@nestjs/common';

import { JourneyModule } from '../journey/journey.module.js';

import { AdmittingRules } from './admitting-rules.service.js';
import { PageJourneys } from './page-journeys.service.js';
import { PlaygroundRoutes } from './playground.routes.js';

@Module({ imports: [JourneyModule], providers: [PlaygroundRoutes, AdmittingRules, PageJourneys] })
export class PlaygroundModule {}
