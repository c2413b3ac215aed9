export { AuthModule } from '../auth/auth.module.js';
export { Authenticator } from '../auth/authenticator.service.js';
export { CallerVerifier, type CallerVerifierOptions } from '../auth/caller-verifier.decorator.js';
export { ANONYMOUS, type AnonymousCaller, type Caller, type VerifiedCaller } from '../auth/caller.js';
export { callerOf, CurrentCaller, rememberCaller } from '../auth/current-caller.decorator.js';
export { Public } from '../auth/public.decorator.js';
export { TokenVerifier } from '../auth/token.verifier.js';
export { rememberHandshake, requestOf } from '../auth/transport-request.js';
