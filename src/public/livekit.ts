export { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from '../livekit/clients.js';
export { KeyRing } from '../livekit/key-ring.service.js';
export { LiveKitTokenService } from '../livekit/livekit-token.service.js';
export { LiveKitModule } from '../livekit/livekit.module.js';
export type { LiveKitOptions } from '../livekit/livekit.options.js';
export type { TokenTerms } from '../livekit/token-terms.js';
export type { LiveKitKeyPair } from '../config/livekit-keys.js';
