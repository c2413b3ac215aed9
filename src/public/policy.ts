export type { AgentDispatch } from '../livekit/token-terms.js';
export type { AdmissionRequest, JoinRequest, RequestedOptions } from '../policy/join-request.js';
export { MAX_AGENTS } from '../policy/join-request.js';
export { type JoinGrants, type RoomSettings, TRACK_SOURCES, type TrackSourceName } from '../livekit/token-terms.js';
export { type JoinTerms } from '../policy/join-terms.js';
export { TokenPolicy, type TokenPolicyOptions, type TokenPolicyProvider } from '../policy/token-policy.decorator.js';
export type { ClientField } from '../policy/policy.options.js';
