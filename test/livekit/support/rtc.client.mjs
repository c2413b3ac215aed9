/** One participant by LiveKit's client for Node, in a process of its own: takes orders and tells what happens, both over IPC. */
import {
  AudioFrame,
  AudioSource,
  DisconnectReason,
  dispose,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';

const SAMPLE_RATE = 48_000;
/** Ten milliseconds of one channel. */
const SAMPLES = SAMPLE_RATE / 100;

const room = new Room();

const tell = (event, details = {}) => process.connected && process.send({ event, ...details });

room
  .on(RoomEvent.TrackSubscribed, ({ kind, sid }, _publication, { identity }) =>
    tell('trackSubscribed', { kind: TrackKind[kind], sid, identity }),
  )
  .on(RoomEvent.TrackUnsubscribed, ({ sid }) => tell('trackUnsubscribed', { sid }))
  .on(RoomEvent.Disconnected, (reason) => tell('disconnected', { reason: DisconnectReason[reason] }));

const orders = {
  async join({ url, token }) {
    await room.connect(url, token, { autoSubscribe: true, dynacast: false });
    const { sid, identity } = room.localParticipant;
    return { sid, identity };
  },
  async publish() {
    const source = new AudioSource(SAMPLE_RATE, 1);
    const track = LocalAudioTrack.createAudioTrack('a tone', source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    const { sid } = await room.localParticipant.publishTrack(track, options);
    void sound(source);
    return { sid };
  },
  // The newest one that LiveKit has sent.
  token: async () => ({ token: room.token }),
  leave: () => room.disconnect(),
};

async function sound(source) {
  const tone = new Int16Array(SAMPLES).map((_, at) => 8_000 * Math.sin(at / 8));
  while (room.isConnected) await source.captureFrame(new AudioFrame(tone, SAMPLE_RATE, 1, SAMPLES));
}

process.on('message', ({ order, ...values }) => {
  orders[order](values).then(
    (result) => tell('done', { result }),
    (error) => tell('failed', { reason: String(error) }),
  );
});

// Without the last, the native part keeps the process alive.
process.once('disconnect', () => void room.disconnect().then(dispose));
