export { EnvironmentError, type InvalidVariable } from '../config/environment.error.js';
export type { Environment } from '../config/environment.js';
export type { LiveKitKeyPair, LiveKitKeys } from '../config/livekit-keys.js';
export type { TracingProtocol } from '../config/tracing.variables.js';
