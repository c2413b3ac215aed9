import { certainly, type Conclusion, possibly } from './conclusion.js';
import type { JourneyFacts } from './journey-facts.js';
import type { TokenIssued } from './journey-step.js';

/** A join takes less, with media. */
const JOIN_TAKES_MS = 15_000;

/** LiveKit's tolerance, less what the clock of the `Date` header may be off. */
const TOLERATED_S = 55;

/** LiveKit accepts tokens that are over for this time. */
const LEEWAY_MS = 60_000;

/** Why LiveKit has not reported the participant of a token. What keeps every client out comes before what may keep this one out. */
export function concludeUnseen(facts: JourneyFacts, { at, expiresAt }: TokenIssued): Conclusion {
  const { live, now, signs } = facts;
  const obstacle = obstacleOf(facts, expiresAt - at);
  if (obstacle !== undefined) return obstacle;
  if (now - at < JOIN_TAKES_MS) return certainly('just_issued', { seconds: Math.round((now - at) / 1000) });
  const causes = [certainly('livekit_not_reached')];
  if (live.address === 'unreachable' && signs.joinAt === undefined) causes.unshift(wrongUrl(facts));
  if (now > expiresAt + LEEWAY_MS) causes.push(certainly('token_expired'));
  if (signs.webhookAt === undefined) causes.push(certainly('webhooks_missing'));
  return possibly(causes);
}

/** What keeps everybody out of this room at present. `lifetime` of the token is in milliseconds. */
function obstacleOf(facts: JourneyFacts, lifetime: number): Conclusion | undefined {
  const { live, signs } = facts;
  const { clockAhead, room } = live;
  if (live.api === 'unreachable') return certainly('livekit_unreachable');
  if (live.token === 'refused_key' || live.api === 'refuses_key') {
    // Calls of the API are refused for the clock, too.
    if (live.token !== 'refused_clock') return certainly('key_refused');
  }
  if (live.token === 'refused_clock' && isOff(clockAhead, lifetime / 1000)) {
    const seconds = clockAhead === undefined ? 'more than 60' : Math.abs(clockAhead);
    return certainly('clock_skew', { seconds, direction: (clockAhead ?? 0) > 0 ? 'ahead of' : 'behind' });
  }
  if (signs.joinAt === undefined && (live.address === 'other' || live.address === 'other_livekit')) {
    return wrongUrl(facts);
  }
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
