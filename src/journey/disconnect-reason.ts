/** By the numbers of LiveKit's DisconnectReason, which the SDK does not export. */
const NAMES = [
  'UNKNOWN_REASON',
  'CLIENT_INITIATED',
  'DUPLICATE_IDENTITY',
  'SERVER_SHUTDOWN',
  'PARTICIPANT_REMOVED',
  'ROOM_DELETED',
  'STATE_MISMATCH',
  'JOIN_FAILURE',
  'MIGRATION',
  'SIGNAL_CLOSE',
  'ROOM_CLOSED',
  'USER_UNAVAILABLE',
  'USER_REJECTED',
  'SIP_TRUNK_FAILURE',
  'CONNECTION_TIMEOUT',
  'MEDIA_FAILURE',
  'AGENT_ERROR',
] as const;

/** The name of a DisconnectReason; UNKNOWN_REASON for one that is newer than this service. */
export const disconnectReason = (value: number): string => NAMES[value] ?? 'UNKNOWN_REASON';
