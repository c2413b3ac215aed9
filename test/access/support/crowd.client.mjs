/** Participants by LiveKit's client for Node, in one process: joins by tokens, and tells who was disconnected and when. */
import { DisconnectReason, dispose, Room, RoomEvent } from '@livekit/rtc-node';

/** A room that is collected as garbage loses its connection. */
const rooms = [];

const ATTEMPTS = 5;

const tell = (event, details = {}) => process.connected && process.send({ event, ...details });

/** The native part of the client forgets a room now and then while it connects. */
async function join(url, token, attempts = ATTEMPTS) {
  const room = new Room();
  rooms.push(room);
  try {
    await room.connect(url, token, { autoSubscribe: false, dynacast: false });
  } catch (error) {
    if (attempts <= 1) throw error;
    return join(url, token, attempts - 1);
  }
  const { identity } = room.localParticipant;
  room.on(RoomEvent.Disconnected, (reason) =>
    tell('disconnected', { identity, reason: DisconnectReason[reason], at: Date.now() }),
  );
  room.on(RoomEvent.Reconnecting, () => tell('reconnecting', { identity }));
}

/** One after the other: joins at the same time in one process are what the native part fails at. */
async function joinAll({ url, tokens }) {
  for (const token of tokens) await join(url, token);
}

process.on('message', (order) => {
  joinAll(order).then(
    () => tell('joined'),
    (error) => tell('failed', { reason: String(error) }),
  );
});

process.once('disconnect', () => void dispose().finally(() => process.exit(0)));
