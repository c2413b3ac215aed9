export { LiveKitModule } from '../livekit/livekit.module.js';
