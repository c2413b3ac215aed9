import type { AccessEndCause } from '../revocations/revocation.js';

import { certainly, type Conclusion, possibly } from './conclusion.js';
import type { JourneyCause } from './journey-causes.js';
import type { JourneyFacts } from './journey-facts.js';
import type { AccessEnded, JourneyStep, Joined, Left } from './journey-step.js';

const BY_ACCESS_END: Readonly<Record<AccessEndCause, JourneyCause>> = {
  logout: 'logged_out',
  rules: 'rules_changed',
  expired: 'time_over',
  removed: 'removed',
  room_ended: 'meeting_ended',
};

/** Of LiveKit's DisconnectReason, where it says enough. */
const BY_REASON: Readonly<Record<string, JourneyCause>> = {
  CLIENT_INITIATED: 'left_by_itself',
  DUPLICATE_IDENTITY: 'replaced',
  SERVER_SHUTDOWN: 'livekit_restarted',
  ROOM_CLOSED: 'room_closed',
  SIGNAL_CLOSE: 'connection_lost',
  CONNECTION_TIMEOUT: 'connection_lost',
  MEDIA_FAILURE: 'connection_lost',
  STATE_MISMATCH: 'connection_lost',
  MIGRATION: 'connection_lost',
};

/** A client that gives up on media sooner was stopped by its user. */
const PATIENCE_S = 5;

/** The order of an end that this service made, and of the webhook about it, is open. */
const TOGETHER_MS = 30_000;

export function concludeAccessEnd({ isBanned }: JourneyFacts, { cause }: Pick<AccessEnded, 'cause'>): Conclusion {
  return certainly(cause === 'removed' && isBanned ? 'banned' : BY_ACCESS_END[cause]);
}

/** Why a connection has ended. `before` are the steps up to its end. */
export function concludeLeft(facts: JourneyFacts, left: Left, before: readonly JourneyStep[]): Conclusion {
  const { reason, step } = left;
  if (reason === 'PARTICIPANT_REMOVED' || reason === 'ROOM_DELETED') return concludeRemoved(facts, left, before);
  if (step === 'connection_aborted') return concludeAborted(left);
  if (reason === 'JOIN_FAILURE') return certainly('no_media');
  return certainly(BY_REASON[reason] ?? 'left_unexplained', { reason });
}

/** A client that gets no media tries again, and so replaces its own connection or closes it. */
function concludeAborted({ reason, seconds }: Left): Conclusion {
  if (reason === 'SERVER_SHUTDOWN') return certainly('livekit_restarted');
  const isPatient = seconds >= PATIENCE_S || reason === 'JOIN_FAILURE' || reason === 'MEDIA_FAILURE';
  if (isPatient) return certainly('no_media');
  return possibly([certainly('no_media'), certainly(reason === 'DUPLICATE_IDENTITY' ? 'replaced' : 'left_by_itself')]);
}

function concludeRemoved(facts: JourneyFacts, { at, reason }: Left, before: readonly JourneyStep[]): Conclusion {
  const since = before.findLast(({ step }) => step === 'joined')?.at ?? 0;
  const end = facts.steps.findLast(
    (step): step is AccessEnded => step.step === 'access_ended' && step.at >= since && step.at <= at + TOGETHER_MS,
  );
  if (end !== undefined) return concludeAccessEnd(facts, end);
  // A participant without an admission is removed without an event.
  if (facts.ended !== undefined && facts.ended.at >= since && facts.ended.at <= at + TOGETHER_MS) {
    return concludeAccessEnd(facts, { cause: facts.ended.isRoom ? 'room_ended' : 'removed' });
  }
  return certainly(reason === 'ROOM_DELETED' ? 'room_deleted' : 'removed_elsewhere');
}

/** Of a connection that LiveKit does not list, and that no webhook has ended. */
export function concludeVanished(facts: JourneyFacts, { at }: Joined): Conclusion {
  const { live, roomSteps, heardSince } = facts;
  if (live.api === 'unreachable') return certainly('livekit_unreachable');
  if (live.api !== 'responds') {
    return possibly([certainly('in_now', { tracks: 'unknown' }), certainly('left_unreported')]);
  }
  const after = roomSteps.filter((step) => step.at > at);
  const restart = after.findIndex(({ step }) => step === 'room_started');
  const end = after.findIndex(({ step }) => step === 'room_finished');
  // A room that begins anew without having ended: the LiveKit that had it is gone.
  const isRestart = restart >= 0 && (end < 0 || restart < end);
  if (isRestart && heardSince <= at) return certainly('livekit_restarted');
  if (end >= 0 && !isRestart) return certainly('left_unreported');
  return possibly([certainly('livekit_restarted'), certainly('left_unreported')]);
}
