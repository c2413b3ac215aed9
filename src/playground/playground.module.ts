/** The page at /: ask for a token, see what it grants, join the room. */
import { Module } from '@nestjs/common';

import { AdmittingRules } from './admitting-rules.service.js';
import { PlaygroundRoutes } from './playground.routes.js';

@Module({ providers: [PlaygroundRoutes, AdmittingRules] })
export class PlaygroundModule {}
