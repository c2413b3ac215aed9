import { startService } from 'livekit-token-service';

import { RoomsModule } from './rooms/rooms.module.js';

await startService({ modules: [RoomsModule] });
