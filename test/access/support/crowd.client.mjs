/** Many participants by LiveKit's client for Node, in one process: joins by tokens, and tells who was disconnected and when. */
import { DisconnectReason, dispose, Room, RoomEvent } from '@livekit/rtc-node';

/** Joins at a time. */
const AT_ONCE = 10;

/** A room that is collected as garbage loses its connection. */
const rooms = [];

const tell = (event, details = {}) => process.connected && process.send({ event, ...details });

async function join(url, token) {
  const room = new Room();
  rooms.push(room);
  room.on(RoomEvent.Disconnected, (reason) =>
    tell('disconnected', {
      identity: room.localParticipant?.identity,
      reason: DisconnectReason[reason],
      at: Date.now(),
    }),
  );
  room.on(RoomEvent.Reconnecting, () => tell('reconnecting', { identity: room.localParticipant?.identity }));
  await room.connect(url, token, { autoSubscribe: false, dynacast: false });
}

async function joinAll({ url, tokens }) {
  const left = [...tokens];
  const worker = async () => {
    for (let token = left.pop(); token !== undefined; token = left.pop()) await join(url, token);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

process.on('message', (order) => {
  joinAll(order).then(
    () => tell('joined'),
    (error) => tell('failed', { reason: String(error) }),
  );
});

process.once('disconnect', () => void dispose().finally(() => process.exit(0)));
