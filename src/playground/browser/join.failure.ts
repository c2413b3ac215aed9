/** Why a join failed or a call ended, and what to do about it. */

/** What LiveKit's client throws, as far as it says. */
export interface ThrownByClient {
  readonly message: string;
  readonly reasonName?: string | undefined;
  readonly status?: number | undefined;
}

export interface JoinFailure {
  readonly what: string;
  readonly advice: string;
}

export function joinFailure({ message, reasonName, status }: ThrownByClient, liveKitUrl: string): JoinFailure {
  const said = saidBy(message);
  switch (reasonName) {
    case 'NotAllowed':
      return notAllowed(said, status);
    case 'ServerUnreachable':
    case 'WebSocket':
      return {
        what: `There is no LiveKit at ${liveKitUrl} that this browser can reach.`,
        advice: isLocal(liveKitUrl)
          ? 'Start one with: livekit-server --dev'
          : 'Is LIVEKIT_URL right as seen from this browser, and do firewalls and certificates allow the connection?',
      };
    case 'Timeout':
      return {
        what: 'LiveKit did not respond in time.',
        advice: 'Try again. If it fails again, look into the log of LiveKit.',
      };
    case 'ServiceNotFound':
      return { what: `The server at ${liveKitUrl} is no LiveKit, or a very old one.`, advice: 'Check LIVEKIT_URL.' };
    case 'Cancelled':
      return { what: 'The connection was cancelled.', advice: 'Join again if that was not intended.' };
    case 'InternalError':
      return /PC connection|pc connection/.test(said)
        ? {
            what: 'LiveKit admitted you, but no sound or picture reaches it.',
            advice: 'Open the ports for media (UDP 7882 or the range of LiveKit, TCP 7881), and check rtc.node_ip.',
          }
        : {
            what: `LiveKit failed: ${said}`,
            advice: 'The room may be full, or a setting of LiveKit may be wrong: see its log.',
          };
    default:
      return { what: said, advice: 'Look into the log of LiveKit.' };
  }
}

function notAllowed(said: string, status: number | undefined): JoinFailure {
  if (said.includes('requested room does not exist')) {
    return {
      what: 'The room does not exist, and this LiveKit does not create rooms at the join.',
      advice: 'Create it first, or set room.auto_create in the configuration of LiveKit.',
    };
  }
  if (/expired/.test(said))
    return { what: 'The token has expired.', advice: 'Ask for another one. If it is new, a clock is wrong.' };
  if (/not valid yet/.test(said))
    return { what: 'The token is not valid yet.', advice: 'The clocks of this service and of LiveKit differ.' };
  if (/API key|signature/.test(said)) {
    return {
      what: `LiveKit does not know the key of this service: ${said}`,
      advice: 'Give this service a key pair of LiveKit: LIVEKIT_API_KEY and LIVEKIT_API_SECRET.',
    };
  }
  return { what: `LiveKit refused with ${status ?? 'no status'}: ${said}`, advice: 'Look at what the token grants.' };
}

/** What LiveKit said, without what its client puts before it, and without the token, which LiveKit 1.13 quotes in whole. */
const saidBy = (message: string): string =>
  message.replace(/^could not establish signal connection: /, '').replace(/\beyJ[\w-]*\.[\w-]+\.[\w-]*/g, 'eyJ...');

const isLocal = (url: string): boolean => /^wss?:\/\/(?:localhost|127\.|\[::1\])/.test(url);

/** By the name of LiveKit's DisconnectReason; none if the participant left. */
const ENDINGS: Readonly<Record<string, string>> = {
  CLIENT_INITIATED: 'You left.',
  DUPLICATE_IDENTITY: 'Another participant joined with the same identity, and LiveKit keeps the newer one.',
  SERVER_SHUTDOWN: 'LiveKit is stopping.',
  PARTICIPANT_REMOVED: 'You were removed from the room.',
  ROOM_DELETED: 'The room was deleted.',
  ROOM_CLOSED: 'The room was closed.',
  STATE_MISMATCH: 'LiveKit lost track of this connection. Join again.',
  JOIN_FAILURE: 'The connection for sound and picture could not be established.',
  CONNECTION_TIMEOUT: 'LiveKit received nothing from this browser for too long.',
  MEDIA_FAILURE: 'The connection for sound and picture broke.',
};

export const endingOf = (reason: string | undefined): string =>
  ENDINGS[reason ?? ''] ?? 'The connection to LiveKit was lost.';
