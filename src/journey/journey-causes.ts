/** Why a participant is not in a room, by a code that stays stable, in plain words, and what to do about it. */

interface Words {
  /** With `{name}` for each of {@link CauseFacts} that it needs. */
  readonly text: string;
  readonly advice: string;
}

export const CAUSES = {
  in_now: {
    text: 'The participant is in the room: LiveKit lists the connection, with {tracks} published tracks.',
    advice: 'If they see or hear nothing, look at their devices and subscriptions; access is not the reason.',
  },
  connecting: {
    text: 'The participant is connecting: {progress} for {seconds} s, and media does not flow yet.',
    advice: 'Ask again in some seconds.',
  },
  just_issued: {
    text: 'The token was issued {seconds} s ago, and LiveKit has not reported the participant yet.',
    advice: 'Ask again in some seconds.',
  },
  never_asked: {
    text: 'No token was requested for this participant and this room, as far as this record goes.',
    advice: 'Check whether the client calls this service, and which names it sends.',
  },
  name_mismatch: {
    text: 'No token was requested under these names, but for {similar}.',
    advice: 'Names are compared byte for byte. Let the clients of one meeting use the same name of the room.',
  },
  refused: {
    text: 'The token request was refused: {code}{policy}.',
    advice: 'See the code in docs/errors.md, and the line of the request id in the log.',
  },
  banned: {
    text: 'The participant is banned from this room.',
    advice: 'An administrator of the room can lift the ban: DELETE /access/rooms/:room/bans/:identity.',
  },
  livekit_unreachable: {
    text: 'LiveKit cannot be reached from this service.',
    advice: 'Check that LiveKit runs; npm run doctor shows where the connection fails.',
  },
  key_refused: {
    text: 'LiveKit refuses tokens of this service: it does not know the API key, or the secret is another one.',
    advice: 'Give both sides the same key pair; npm run doctor shows which of the two it is.',
  },
  clock_skew: {
    text: 'LiveKit refuses new tokens of this service as being of another time: its clock is {seconds} s {direction} ours.',
    advice: 'Synchronize both clocks by NTP.',
  },
  room_full: {
    text: 'The room is full: {participants} of {max} participants are in it.',
    advice: 'Raise maxParticipants of the room, or wait until a participant leaves.',
  },
  room_missing: {
    text: 'The room does not exist, and LiveKit does not create rooms on join (room.auto_create is off).',
    advice: 'Create the room by the server API first, or set room.auto_create.',
  },
  wrong_url: {
    text: 'What is at LIVEKIT_URL ({host}), where clients connect, does not respond as this LiveKit does.',
    advice: 'Correct LIVEKIT_URL; LIVEKIT_INTERNAL_URL is the address for this service alone.',
  },
  livekit_not_reached: {
    text: 'A token was issued, and the client has not reached LiveKit with it. LiveKit accepts such tokens at present.',
    advice:
      'Check which address the client connects to, whether firewalls, proxies and certificates let it through, and the console of the browser.',
  },
  gate_refused: {
    text: 'The gate before LiveKit refused the token of the client: {code}.',
    advice: 'See the code in docs/access.md, section "The gate". A new token helps if the token request is accepted.',
  },
  gate_passed: {
    text: 'The client came to LiveKit with its token and the gate opened, but LiveKit has not reported the participant.',
    advice:
      "Look into LiveKit's log for the join that it refused, and check that the proxy reaches LiveKit and passes WebSocket connections on.",
  },
  token_expired: {
    text: 'The token had expired before the client came to LiveKit with it.',
    advice: 'Let the client connect soon after it got the token, or request a new one; or raise TOKEN_TTL.',
  },
  webhooks_missing: {
    text: 'No webhook of LiveKit has arrived, so that this service does not know who joins.',
    advice: 'Set up the webhooks of LiveKit: see docs/webhooks.md.',
  },
  no_media: {
    text: 'The client reached LiveKit by its signal connection, but no media connection was established.',
    advice:
      "Open LiveKit's ports for media (rtc.udp_port or the range, rtc.tcp_port), check rtc.node_ip and use_external_ip, and set up TURN for networks without UDP.",
  },
  replaced: {
    text: 'Another connection with the same identity replaced this one{present}.',
    advice: 'Give each person, device and tab a different identity.',
  },
  removed: {
    text: 'The participant was removed by an administrator of the room, or by a module of this service.',
    advice: 'The log of the context Access has the reason. A new token may be requested unless there is a ban.',
  },
  removed_elsewhere: {
    text: "The participant was removed through LiveKit's API, and not by this service.",
    advice: 'Look at other programs that have the API key of LiveKit.',
  },
  logged_out: {
    text: 'The session of the participant ended at the identity provider.',
    advice: 'Let them log in again.',
  },
  rules_changed: {
    text: 'The join rules have changed and no longer admit the participant.',
    advice: 'npm run rules explains which rule admits whom.',
  },
  time_over: {
    text: 'The time of the participant in this room was over (endsAt).',
    advice: 'See stay and when of the join rule, or the policy that set endsAt.',
  },
  meeting_ended: {
    text: 'The meeting was ended for everybody.',
    advice: 'New tokens may be requested as soon as the meeting is to go on.',
  },
  room_deleted: {
    text: "The room was deleted through LiveKit's API, and not by this service.",
    advice: 'Look at other programs that have the API key of LiveKit.',
  },
  room_closed: {
    text: 'LiveKit closed the room.',
    advice: 'See empty_timeout and departure_timeout of LiveKit or of the room settings.',
  },
  livekit_restarted: {
    text: 'LiveKit was stopped or restarted while the participant was in the room.',
    advice: 'Let the client join again; look into the log of LiveKit for the reason.',
  },
  left_by_itself: {
    text: 'The client left the room itself.',
    advice: 'Nothing has to be done, unless the participant did not want to leave: then look at the client.',
  },
  connection_lost: {
    text: 'The connection of the participant to LiveKit broke ({reason}).',
    advice: 'Look at the network of the participant, or whether the browser was closed or suspended.',
  },
  left_unexplained: {
    text: 'The participant has left; LiveKit gives the reason {reason}.',
    advice: 'Look into the log of LiveKit.',
  },
  left_unreported: {
    text: 'The participant was in the room and is not any more, and no webhook told of it.',
    advice: 'Check the delivery of webhooks in the logs of LiveKit and of this service (context Webhook).',
  },
  undetermined: {
    text: 'Several causes are possible.',
    advice: 'Look at each of them, the likeliest first.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type JourneyCause = keyof typeof CAUSES;

/** What a text may contain. */
export type CauseFacts = Readonly<Record<string, string | number>>;

export interface CauseInWords {
  readonly cause: JourneyCause;
  readonly text: string;
  readonly advice: string;
}

export function inWords(cause: JourneyCause, facts: CauseFacts = {}): CauseInWords {
  const { text, advice } = CAUSES[cause];
  const filled = (words: string): string =>
    words.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(facts[name] ?? ''));
  return { cause, text: filled(text), advice: filled(advice) };
}
