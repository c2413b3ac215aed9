export { type Admission, AdmissionService, type RefusedRequest } from '../token/admission.service.js';
export { LiveKitTokenService } from '../livekit/livekit-token.service.js';
export { OnTokenIssued, OnTokenRefused, type TokenIssuedEvent, type TokenRefusedEvent } from '../token/token-events.js';
export {
  type TokenErrorFormat,
  TokenRoute,
  type TokenRouteMark,
  type TokenRouteOptions,
} from '../token/token-route.decorator.js';
export { TokenModule } from '../token/token.module.js';
export type { CallerResolver, CallerResolverFunction, ResolvedCaller } from '../token/caller-resolver.js';
export type { ResponseFormat, TokenModuleRoutes, TokenOptions } from '../token/token.options.js';
