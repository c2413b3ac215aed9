import { describe, expect, it } from '@jest/globals';
import { DisconnectReason } from '@livekit/protocol';

import type { AccessEndCause } from '../revocations/revocation.js';

import { conclude } from './conclude.js';
import { disconnectReason } from './disconnect-reason.js';
import type { JourneyFacts } from './journey-facts.js';
import type { JourneyStep, Left, TokenRefused } from './journey-step.js';
import type { LiveKitView } from './livekit-view.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;

const VIEW: LiveKitView = {
  api: 'responds',
  token: 'accepted',
  clockAhead: 0,
  address: 'livekit',
  host: 'livekit.example.com',
  createsRooms: true,
};

/** Minutes ago. */
const issued = (ago: number, lives = 60): JourneyStep => {
  const at = NOW - ago * MINUTE;
  return { step: 'token_issued', at, requestId: 'r', route: '/livekit/token', expiresAt: at + lives * MINUTE };
};
const refused = (ago: number, code: string, isIdentified = true): TokenRefused => ({
  step: 'token_refused',
  at: NOW - ago * MINUTE,
  requestId: 'r',
  route: '/livekit/token',
  status: 403,
  code,
  isIdentified,
  times: 1,
});
const joined = (ago: number, sid = 'PA_1'): JourneyStep => ({ step: 'joined', at: NOW - ago * MINUTE, sid });
const left = (ago: number, reason: string, more: Partial<Left> = {}): JourneyStep => ({
  step: 'left',
  at: NOW - ago * MINUTE,
  sid: 'PA_1',
  reason,
  seconds: 60,
  ...more,
});
const aborted = (ago: number, reason: string, seconds: number): JourneyStep =>
  left(ago, reason, { step: 'connection_aborted', seconds });
const ended = (ago: number, cause: 'logout' | 'removed'): JourneyStep => ({
  step: 'access_ended',
  at: NOW - ago * MINUTE,
  cause,
});
const gate = (ago: number, code: string, cause?: AccessEndCause): JourneyStep => {
  const isOpened = ['ADMITTED', 'UNKNOWN', 'LIVEKIT'].includes(code);
  return { step: isOpened ? 'gate_opened' : 'gate_refused', at: NOW - ago * MINUTE, code, cause, times: 1 };
};
const room = (step: 'room_started' | 'room_finished', ago: number): JourneyStep => ({
  step,
  at: NOW - ago * MINUTE,
  sid: 'RM_1',
});

/** The cause, or the causes that are possible. */
function causeOf(steps: readonly JourneyStep[], view: Partial<LiveKitView> = {}, more: Partial<JourneyFacts> = {}) {
  const conclusion = conclude({
    now: NOW,
    room: 'stage',
    identity: 'alice',
    steps,
    roomSteps: [],
    strangers: [],
    similar: [],
    isBanned: false,
    signs: { webhookAt: NOW - MINUTE, joinAt: NOW - MINUTE },
    heardSince: NOW - 600 * MINUTE,
    live: { ...VIEW, ...view },
    ...more,
  });
  const { cause, possible } = conclusion;
  expect(JSON.stringify(conclusion)).not.toMatch(/[{]\w+[}]|undefined/);
  return cause === 'undetermined' ? possible.map((one) => one.cause) : cause;
}

const present = (isActive: boolean, seconds = 60) => ({ participant: { sid: 'PA_2', isActive, tracks: 2, seconds } });

describe('a participant whom LiveKit lists', () => {
  it.each([
    ['in_now', [issued(5), joined(5)], present(true)],
    ['in_now', [], present(true)],
    ['in_now', [issued(9), joined(9), joined(1, 'PA_2'), left(1, 'DUPLICATE_IDENTITY')], present(true)],
    ['replaced', [issued(9), joined(9), issued(2), joined(1, 'PA_2'), left(1, 'DUPLICATE_IDENTITY')], present(true)],
    ['connecting', [issued(0)], present(false, 2)],
    ['no_media', [issued(1)], present(false, 30)],
    ['no_media', [issued(1), aborted(0.2, 'SIGNAL_CLOSE', 15)], present(false, 2)],
    ['no_media', [issued(1), aborted(0.2, 'SIGNAL_CLOSE', 15), gate(0.1, 'ADMITTED')], present(false, 2)],
    ['in_now', [issued(5), joined(5), gate(1, 'GRANTS_TOO_WIDE')], present(true)],
  ])('%s', (cause, steps, view) => expect(causeOf(steps, view)).toEqual(cause));
});

describe('a token that was not used for a join', () => {
  const signs = { webhookAt: NOW };
  it.each<[string | string[], JourneyStep[], Partial<LiveKitView>, Partial<JourneyFacts>?]>([
    ['just_issued', [issued(0.1)], {}],
    ['livekit_not_reached', [issued(5)], {}],
    [['livekit_not_reached', 'token_expired'], [issued(9, 2)], {}],
    ['livekit_not_reached', [issued(2.5, 2)], {}],
    [['livekit_not_reached', 'webhooks_missing'], [issued(5)], {}, { signs: {} }],
    ['livekit_unreachable', [issued(0)], { api: 'unreachable', token: 'unknown' }],
    ['key_refused', [issued(5)], { api: 'refuses_key', token: 'refused_key' }],
    ['clock_skew', [issued(5)], { api: 'refuses_key', token: 'refused_clock', clockAhead: -90 }],
    ['clock_skew', [issued(5)], { api: 'refuses_key', token: 'refused_clock', clockAhead: 3700 }],
    ['livekit_not_reached', [issued(5)], { token: 'refused_clock', clockAhead: 200 }],
    ['room_missing', [issued(5)], { createsRooms: false }],
    ['livekit_not_reached', [issued(5)], { createsRooms: false, room: { sid: 'RM_1', participants: 1, max: 0 } }],
    ['room_full', [issued(5)], { room: { sid: 'RM_1', participants: 2, max: 2 } }],
    ['livekit_not_reached', [issued(5)], { room: { sid: 'RM_1', participants: 1, max: 2 } }],
    ['wrong_url', [issued(5)], { address: 'other' }, { signs }],
    ['wrong_url', [issued(5)], { address: 'other_livekit' }, { signs }],
    [['wrong_url', 'livekit_not_reached'], [issued(5)], { address: 'unreachable' }, { signs }],
    ['livekit_not_reached', [issued(5)], { address: 'other' }],
    [['refused', 'livekit_not_reached'], [issued(5), refused(1, 'RATE_LIMITED')], {}],
  ])('%j', (...[cause, steps, view, more]) => expect(causeOf(steps, view, more)).toEqual(cause));
});

describe('a client at the gate before LiveKit', () => {
  const inUse = { signs: { webhookAt: NOW, joinAt: NOW, gateAt: NOW } };
  const silent = { signs: { gateAt: NOW } };
  it.each<[string | string[], JourneyStep[], Partial<LiveKitView>?, Partial<JourneyFacts>?]>([
    // It let the client through.
    ['connecting', [issued(5), gate(0.1, 'ADMITTED')], {}, inUse],
    ['gate_passed', [issued(5), gate(2, 'ADMITTED')], {}, inUse],
    ['gate_passed', [gate(2, 'UNKNOWN')], {}, inUse],
    ['gate_passed', [issued(5), gate(2, 'ADMITTED')], { address: 'other' }, { signs: { webhookAt: NOW, gateAt: NOW } }],
    [['gate_passed', 'no_media'], [issued(5), gate(0.5, 'ADMITTED')], {}, inUse],
    [['gate_passed', 'no_media'], [issued(5), gate(2, 'ADMITTED')], { api: 'failed' }, inUse],
    [['gate_passed', 'webhooks_missing'], [issued(5), gate(2, 'ADMITTED')], {}, silent],
    ['gate_passed', [issued(5), joined(4), left(3, 'CLIENT_INITIATED'), gate(2, 'ADMITTED')], {}, inUse],
    ['room_full', [issued(5), gate(2, 'ADMITTED')], { room: { sid: 'RM_1', participants: 2, max: 2 } }, inUse],
    ['clock_skew', [issued(5), gate(2, 'ADMITTED')], { token: 'refused_clock', clockAhead: -90 }, inUse],
    ['no_media', [issued(5), gate(2, 'ADMITTED'), aborted(1, 'JOIN_FAILURE', 60)], {}, inUse],
    [['refused', 'gate_passed'], [issued(5), gate(2, 'ADMITTED'), refused(1, 'RATE_LIMITED')], {}, inUse],
    // It refused the client.
    ['token_expired', [issued(9, 2), gate(1, 'JOIN_TOKEN_INVALID')], {}, inUse],
    ['token_expired', [gate(1, 'JOIN_TOKEN_INVALID')], {}, inUse],
    [['token_expired', 'livekit_not_reached'], [issued(9), gate(1, 'JOIN_TOKEN_INVALID')], {}, inUse],
    ['gate_refused', [gate(1, 'ADMISSION_UNKNOWN')], {}, inUse],
    ['gate_refused', [issued(9, 2), gate(8, 'GRANTS_TOO_WIDE')], {}, inUse],
    [['gate_refused', 'livekit_not_reached'], [issued(9), gate(1, 'GRANTS_TOO_WIDE')], {}, inUse],
    ['gate_refused', [issued(9, 2), gate(1, 'ACCESS_REVOKED')], {}, inUse],
    ['banned', [issued(9), gate(1, 'ACCESS_REVOKED', 'removed')], {}, { ...inUse, isBanned: true }],
    ['logged_out', [issued(9), gate(1, 'ACCESS_REVOKED', 'logout')], {}, inUse],
    ['rules_changed', [issued(9), joined(8), gate(1, 'ACCESS_REVOKED', 'rules')], {}, inUse],
    ['time_over', [issued(9), gate(1, 'ACCESS_ENDED', 'expired')], {}, inUse],
    // It has not seen the client, with whatever token.
    ['livekit_not_reached', [issued(9, 2)], {}, inUse],
    ['livekit_not_reached', [issued(5)], {}, silent],
    [
      ['livekit_not_reached', 'token_expired'],
      [issued(9, 2)],
      {},
      { signs: { webhookAt: NOW, gateAt: NOW - 10 * MINUTE } },
    ],
  ])('%j', (...[cause, steps, view, more]) => expect(causeOf(steps, view, more)).toEqual(cause));
});

describe('a participant who is gone', () => {
  const inside = [issued(9), joined(8)];
  it.each<[string | string[], JourneyStep[], Partial<LiveKitView>?, Partial<JourneyFacts>?]>([
    ['left_by_itself', [...inside, left(1, 'CLIENT_INITIATED')]],
    ['replaced', [...inside, left(1, 'DUPLICATE_IDENTITY')]],
    ['livekit_restarted', [...inside, left(1, 'SERVER_SHUTDOWN')]],
    ['connection_lost', [...inside, left(1, 'CONNECTION_TIMEOUT')]],
    ['room_closed', [...inside, left(1, 'ROOM_CLOSED')]],
    ['left_unexplained', [...inside, left(1, 'UNKNOWN_REASON')]],
    ['removed_elsewhere', [...inside, left(1, 'PARTICIPANT_REMOVED')]],
    ['room_deleted', [...inside, left(1, 'ROOM_DELETED')]],
    ['logged_out', [...inside, ended(1.1, 'logout'), left(1, 'PARTICIPANT_REMOVED')]],
    ['logged_out', [...inside, left(1, 'PARTICIPANT_REMOVED'), ended(0.9, 'logout')]],
    ['removed', [...inside, left(1, 'PARTICIPANT_REMOVED'), ended(0.9, 'removed')]],
    ['banned', [...inside, left(1, 'PARTICIPANT_REMOVED'), ended(0.9, 'removed')], {}, { isBanned: true }],
    ['removed_elsewhere', [issued(30), joined(30), ended(20, 'logout'), ...inside, left(1, 'PARTICIPANT_REMOVED')]],
    ['meeting_ended', [...inside, left(1, 'ROOM_DELETED')], {}, { ended: { at: NOW - MINUTE, isRoom: true } }],
    ['room_deleted', [...inside, left(1, 'ROOM_DELETED')], {}, { ended: { at: NOW - 60 * MINUTE, isRoom: true } }],
    ['no_media', [issued(1), aborted(0, 'JOIN_FAILURE', 60)]],
    ['no_media', [issued(1), aborted(0, 'CLIENT_INITIATED', 15)]],
    ['no_media', [issued(1), aborted(0, 'DUPLICATE_IDENTITY', 15)]],
    ['livekit_restarted', [issued(1), aborted(0, 'SERVER_SHUTDOWN', 15)]],
    [
      ['no_media', 'replaced'],
      [issued(1), aborted(0, 'DUPLICATE_IDENTITY', 1)],
    ],
    [
      ['no_media', 'left_by_itself'],
      [issued(1), aborted(0, 'CLIENT_INITIATED', 1)],
    ],
    ['refused', [...inside, left(2, 'CLIENT_INITIATED'), refused(1, 'ROOM_NOT_ALLOWED')]],
    ['banned', [issued(9), refused(1, 'ACCESS_REVOKED')], {}, { isBanned: true }],
    ['refused', [refused(1, 'ACCESS_REVOKED')]],
  ])('%j', (...[cause, steps, view, more]) => expect(causeOf(steps, view, more)).toEqual(cause));

  it.each<[string | string[], JourneyStep[], Partial<LiveKitView>?, Partial<JourneyFacts>?]>([
    ['livekit_restarted', [room('room_started', 10), room('room_started', 1)]],
    [['livekit_restarted', 'left_unreported'], [room('room_started', 1)], {}, { heardSince: NOW - 2 * MINUTE }],
    [['livekit_restarted', 'left_unreported'], [room('room_started', 10)]],
    ['left_unreported', [room('room_finished', 2), room('room_started', 1)]],
    ['livekit_unreachable', [], { api: 'unreachable' }],
    [['in_now', 'left_unreported'], [], { api: 'failed' }],
  ])('%j, without a word', (...[cause, roomSteps, view, more]) => {
    expect(causeOf(inside, view, { roomSteps, ...more })).toEqual(cause);
  });

  it('a connection that was replaced does not hide that the newer one vanished', () => {
    const steps = [...inside, joined(3, 'PA_2'), left(3, 'DUPLICATE_IDENTITY')];
    expect(causeOf(steps, { api: 'unreachable' })).toBe('livekit_unreachable');
  });
});

describe('a participant of whom nothing is known', () => {
  it.each<[string | string[], Partial<JourneyFacts>]>([
    ['never_asked', {}],
    ['name_mismatch', { similar: [{ room: 'Stage', identity: 'alice' }] }],
    [['refused', 'never_asked'], { strangers: [refused(1, 'INVALID_TOKEN', false)] }],
  ])('%j', (cause, more) => expect(causeOf([], {}, more)).toEqual(cause));
});

it("knows LiveKit's reasons by their numbers", () => {
  const numbers = Object.values(DisconnectReason).filter(
    (value): value is DisconnectReason => typeof value === 'number',
  );
  expect(numbers.map(disconnectReason)).toEqual(numbers.map((value) => DisconnectReason[value]));
  expect(disconnectReason(99)).toBe('UNKNOWN_REASON');
});
