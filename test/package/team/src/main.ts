import { startService } from 'livekit-token-service';

import { extensions } from './extensions.js';

await startService(extensions);
