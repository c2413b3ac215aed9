import { certainly, type Conclusion, possibly } from './conclusion.js';
import type { JourneyFacts } from './journey-facts.js';
import type { GateDecided, TokenIssued } from './journey-step.js';

/** A join takes less, with media. */
const JOIN_TAKES_MS = 15_000;

/** LiveKit's tolerance, less what the clock of the `Date` header may be off. */
const TOLERATED_S = 55;

/** LiveKit accepts tokens that are over for this time. */
const LEEWAY_MS = 60_000;

/** LiveKit gives up on media within a minute, and reports it. */
const JOIN_ENDS_MS = 75_000;

/** Why LiveKit has not reported the participant of a token. What keeps every client out comes before what may keep this one out. */
export function concludeUnseen(facts: JourneyFacts, { at, expiresAt }: TokenIssued): Conclusion {
  const { live, now, signs, steps } = facts;
  const opened = steps.findLast((step): step is GateDecided => step.step === 'gate_opened');
  if (opened !== undefined && opened.at >= at) return concludeGatePassed(facts, opened);
  const obstacle = obstacleOf(facts, expiresAt - at) ?? otherServer(facts) ?? obstacleOfRoom(facts);
  if (obstacle !== undefined) return obstacle;
  if (now - at < JOIN_TAKES_MS) return certainly('just_issued', { seconds: secondsOf(now - at) });
  const causes = [certainly('livekit_not_reached')];
  if (live.address === 'unreachable' && signs.joinAt === undefined) causes.unshift(wrongUrl(facts));
  // The gate has seen others since, and would have seen this client, with an expired token too.
  const isAtNoGate = signs.gateAt !== undefined && signs.gateAt > at;
  if (!isAtNoGate && now > expiresAt + LEEWAY_MS) causes.push(certainly('token_expired'));
  if (!isAtNoGate && signs.webhookAt === undefined) causes.push(certainly('webhooks_missing'));
  return possibly(causes);
}

/** Why LiveKit has not reported a participant to whom the gate opened. */
export function concludeGatePassed(facts: JourneyFacts, { at }: GateDecided): Conclusion {
  const { live, now, signs, steps } = facts;
  const token = steps.findLast((step): step is TokenIssued => step.step === 'token_issued');
  const obstacle = obstacleOf(facts, token && token.expiresAt - token.at) ?? obstacleOfRoom(facts);
  if (obstacle !== undefined) return obstacle;
  if (now - at < JOIN_TAKES_MS) {
    return certainly('connecting', { progress: 'the gate has let the client through', seconds: secondsOf(now - at) });
  }
  const causes = [certainly('gate_passed')];
  // LiveKit may have the signal connection, or have given it up a moment ago.
  if (live.api !== 'responds' || now - at < JOIN_ENDS_MS) causes.push(certainly('no_media'));
  if (signs.webhookAt === undefined) causes.push(certainly('webhooks_missing'));
  return possibly(causes);
}

const secondsOf = (ms: number): number => Math.round(ms / 1000);

/** What keeps everybody out at present. `lifetime` of the token is in milliseconds, if it is known. */
function obstacleOf({ live }: JourneyFacts, lifetime = Infinity): Conclusion | undefined {
  const { clockAhead } = live;
  if (live.api === 'unreachable') return certainly('livekit_unreachable');
  if (live.token === 'refused_key' || live.api === 'refuses_key') {
    // Calls of the API are refused for the clock, too.
    if (live.token !== 'refused_clock') return certainly('key_refused');
  }
  if (live.token === 'refused_clock' && isOff(clockAhead, lifetime / 1000)) {
    const seconds = clockAhead === undefined ? 'more than 60' : Math.abs(clockAhead);
    return certainly('clock_skew', { seconds, direction: (clockAhead ?? 0) > 0 ? 'ahead of' : 'behind' });
  }
  return undefined;
}

function otherServer(facts: JourneyFacts): Conclusion | undefined {
  const { live, signs } = facts;
  const isOther = live.address === 'other' || live.address === 'other_livekit';
  return isOther && signs.joinAt === undefined ? wrongUrl(facts) : undefined;
}

/** What keeps everybody out of this room at present. */
function obstacleOfRoom({ live }: JourneyFacts): Conclusion | undefined {
  const { room } = live;
  if (!live.createsRooms && room === undefined) return certainly('room_missing');
  if (room !== undefined && room.max > 0 && room.participants >= room.max) {
    return certainly('room_full', { participants: room.participants, max: room.max });
  }
  return undefined;
}

/** The token of the probe is shorter than that of the participant: a clock that is ahead may refuse the former alone. */
const isOff = (ahead: number | undefined, lifetime: number): boolean =>
  ahead === undefined || ahead <= -TOLERATED_S || ahead >= lifetime + TOLERATED_S;

const wrongUrl = ({ live }: JourneyFacts): Conclusion => certainly('wrong_url', { host: live.host ?? '' });
