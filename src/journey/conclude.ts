import { certainly, type Conclusion, possibly } from './conclusion.js';
import { concludeAccessEnd, concludeLeft, concludeVanished } from './gone.conclusion.js';
import type { JourneyFacts } from './journey-facts.js';
import type { GateDecided, JourneyStep, Joined, Left, TokenIssued, TokenRefused } from './journey-step.js';
import type { PresentParticipant } from './livekit-view.js';
import { concludeGatePassed, concludeUnseen } from './unseen.conclusion.js';

/** Media that does not flow by then will not. */
const MEDIA_TAKES_S = 15;

/** Why the participant is not in the room. Names one cause only if the facts leave no other. */
export function conclude(facts: JourneyFacts): Conclusion {
  const { live, steps } = facts;
  if (live.participant?.isActive === false) return concludeConnecting(facts, live.participant);
  if (live.participant !== undefined) return concludePresent(facts, live.participant);
  const open = openConnection(steps);
  if (open !== undefined) return concludeVanished(facts, open);
  const last = steps.findLast(({ step }) => step !== 'track_published' && step !== 'track_unpublished');
  switch (last?.step) {
    case 'token_refused':
      return concludeRefused(facts, last);
    case 'token_issued':
      return concludeUnseen(facts, last);
    case 'gate_opened':
      return concludeGatePassed(facts, last);
    case 'gate_refused':
      return concludeGateRefused(facts, last);
    case 'left':
    case 'connection_aborted':
      return concludeLeft(facts, last, steps);
    case 'access_ended':
      return concludeAccessEnd(facts, last);
    default:
      return concludeNeverAsked(facts);
  }
}

/** The last connection whose end was not reported. A connection that was replaced may end after the one that replaced it has begun. */
function openConnection(steps: readonly JourneyStep[]): Joined | undefined {
  const joined = steps.findLast((step): step is Joined => step.step === 'joined');
  if (joined === undefined) return undefined;
  const later = steps.slice(steps.indexOf(joined) + 1);
  const isOver = later.some(
    (step) =>
      step.step === 'token_refused' ||
      step.step === 'token_issued' ||
      step.step === 'gate_refused' ||
      step.step === 'access_ended' ||
      (step.step === 'left' && step.sid === joined.sid),
  );
  return isOver ? undefined : joined;
}

/** Clients without media try again: what ended the last attempt is what keeps them out. */
function concludeConnecting(facts: JourneyFacts, { seconds }: PresentParticipant): Conclusion {
  if (seconds > MEDIA_TAKES_S) return certainly('no_media');
  const last = facts.steps.findLast(({ step }) => step !== 'gate_opened');
  if (last?.step === 'connection_aborted') return concludeLeft(facts, last, facts.steps);
  return certainly('connecting', { progress: 'LiveKit has the signal connection', seconds: Math.round(seconds) });
}

function concludePresent({ steps }: JourneyFacts, { tracks }: PresentParticipant): Conclusion {
  const end = steps.findLast((step): step is Left => step.step === 'left' || step.step === 'connection_aborted');
  if (end?.reason === 'DUPLICATE_IDENTITY' && isOfAnotherToken(steps, end)) {
    return certainly('replaced', { present: '; the newer one is in the room now' });
  }
  return certainly('in_now', { tracks });
}

/** A client that lost its network comes back with the same token, and replaces itself. */
function isOfAnotherToken(steps: readonly JourneyStep[], { sid }: Left): boolean {
  const began = steps.findIndex((step) => step.step === 'joined' && step.sid === sid);
  return began >= 0 && steps.slice(began).some(({ step }) => step === 'token_issued');
}

function concludeRefused(facts: JourneyFacts, { code, policy }: TokenRefused): Conclusion {
  if (code === 'ACCESS_REVOKED' && facts.isBanned) return certainly('banned', {}, code);
  const refusal = certainly('refused', { code, policy: policy === undefined ? '' : ` by ${policy}` }, code);
  const unused = unusedToken(facts);
  return unused === undefined ? refusal : possibly([refusal, concludeUnseen(facts, unused)]);
}

function concludeGateRefused(facts: JourneyFacts, { code, cause }: GateDecided): Conclusion {
  if (code === 'ACCESS_REVOKED' && facts.isBanned) return certainly('banned', {}, code);
  if (cause !== undefined) return concludeAccessEnd(facts, { cause });
  const refusal =
    code === 'JOIN_TOKEN_INVALID' ? certainly('token_expired') : certainly('gate_refused', { code }, code);
  // The client, or another one, may have a newer token than the one that was refused.
  const unused = unusedToken(facts);
  return unused === undefined ? refusal : possibly([refusal, concludeUnseen(facts, unused)]);
}

/** A token that has not expired and was not used for a join. */
function unusedToken({ steps, now }: JourneyFacts): TokenIssued | undefined {
  const last = steps.findLast(
    ({ step }) => step === 'token_issued' || step === 'joined' || step === 'connection_aborted',
  );
  return last?.step === 'token_issued' && last.expiresAt > now ? last : undefined;
}

function concludeNeverAsked({ similar, strangers }: JourneyFacts): Conclusion {
  if (similar.length > 0) {
    const names = similar.map(({ room, identity }) => `room "${room}", identity "${identity}"`).join(' and ');
    return certainly('name_mismatch', { similar: names });
  }
  const never = certainly('never_asked');
  const last = strangers.at(-1);
  if (last === undefined) return never;
  return possibly([certainly('refused', { code: last.code, policy: '' }, last.code), never]);
}
