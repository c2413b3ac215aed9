export const BACKCHANNEL_LOGOUT_PATH = 'access/backchannel-logout';
export const ROOM_ACCESS_PATH = 'access/rooms/:room';
export const GATE_PATH = 'livekit/gate';
