import type { Extensions } from 'livekit-token-service';

import { TeamModule } from './team.module.js';

export const extensions: Extensions = { modules: [TeamModule] };
