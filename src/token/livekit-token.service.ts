/** Deprecated path, for one release: import `livekit-token-service/livekit`. */
export { LiveKitTokenService } from '../livekit/livekit-token.service.js';
