export type { AdmissionRequest, AgentDispatch, JoinRequest, RequestedOptions } from '../policy/join-request.js';
export { MAX_AGENTS } from '../policy/join-request.js';
export {
  type JoinGrants,
  type JoinTerms,
  type RoomSettings,
  TRACK_SOURCES,
  type TrackSourceName,
} from '../policy/join-terms.js';
export { TokenPolicy, type TokenPolicyOptions, type TokenPolicyProvider } from '../policy/token-policy.decorator.js';
