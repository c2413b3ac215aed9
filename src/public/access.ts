export { type AccessEndedEvent, OnAccessEnded } from '../access/access-events.js';
export { AccessModule } from '../access/access.module.js';
export { AccessService, type EndedAccess, type EndOptions, type PresentParticipant } from '../access/access.service.js';
export type { AccessEndCause, NewRevocation, Revocation, RevocationScope } from '../revocations/revocation.js';
