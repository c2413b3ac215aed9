/** Many participants by LiveKit's client for Node, in one process: joins by tokens, and tells who was disconnected and when. */
import { DisconnectReason, dispose, Room, RoomEvent } from '@livekit/rtc-node';

/** Joins at a time. */
const AT_ONCE = 4;

/** A room that is collected as garbage loses its connection. */
const rooms = [];

const tell = (event, details = {}) => process.connected && process.send({ event, ...details });

/** The native part of the client loses a room now and then if many connect at a time: such a join is tried again. */
async function join(url, token, attempts = 3) {
  const room = new Room();
  rooms.push(room);
  try {
    await room.connect(url, token, { autoSubscribe: false, dynacast: false });
  } catch (error) {
    if (attempts <= 1 || !String(error).includes('handle not found')) throw error;
    return join(url, token, attempts - 1);
  }
  const { identity } = room.localParticipant;
  room.on(RoomEvent.Disconnected, (reason) =>
    tell('disconnected', { identity, reason: DisconnectReason[reason], at: Date.now() }),
  );
  room.on(RoomEvent.Reconnecting, () => tell('reconnecting', { identity }));
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
