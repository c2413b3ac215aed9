export type { Settings } from '../testing/environment.js';
export { eventually } from '../testing/eventually.js';
export { AUDIENCE, FakeIssuer, INTROSPECTION_CLIENT, LOGOUT_EVENT } from '../testing/fake-issuer.js';
export { FakeLiveKit, type LiveKitCall, type ScriptedFailure } from '../testing/fake-livekit.js';
export type { GrantClaims } from '../testing/fake-livekit.token.js';
export { type LiveKitClaims, verifyToken } from '../testing/livekit-token.js';
export { stopAll } from '../testing/running.js';
export type { ServiceOutput } from '../testing/service-output.js';
export { type RunningApp, startApp } from '../testing/start-app.js';
export {
  answerTo,
  eventBody,
  newId,
  sendWebhook,
  signWebhook,
  type WebhookOptions,
} from '../testing/webhook-sender.js';
export type { ConnectionLimits } from '../server/connection-limits.js';
