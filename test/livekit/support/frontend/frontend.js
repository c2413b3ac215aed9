/** A team's own frontend, as small as can be: it asks for a token by either door, joins, and shows the others, or what it was told. */
const { service, livekit, client } = Object.fromEntries(new URLSearchParams(location.search));
const liveKitClient = import(`/${client}.js`);

const DOORS = {
  /** As OpenVidu's tutorials do, which know LiveKit's address by themselves. */
  async token({ room, name, headers }) {
    const response = await fetch(`${service}/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ roomName: room, participantName: name }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer} (${response.headers.get('X-Request-Id')})`);
    return { serverUrl: livekit, participantToken: answer };
  },

  async tokenSource({ room, name, headers }) {
    const { TokenSource } = await liveKitClient;
    const source = TokenSource.endpoint(`${service}/livekit/token`, { headers });
    return source.fetch({ roomName: room, participantName: name }).catch((error) => {
      // LiveKit's client puts the body of a refusal at the end of its message.
      const [problem] = /\{.*\}$/.exec(error.message) ?? [];
      if (problem === undefined) throw error;
      const { code, detail, requestId } = JSON.parse(problem);
      throw new Error(`${code}: ${detail} (${requestId})`);
    });
  },
};

async function join(door, { room, name, accessToken }) {
  const headers = accessToken ? { Authorization: `Bearer ${accessToken}` } : {};
  const { serverUrl, participantToken } = await door({ room, name, headers });
  const { Room, RoomEvent } = await liveKitClient;
  const call = new Room().on(RoomEvent.TrackSubscribed, (track, _publication, who) => {
    const element = track.attach();
    element.title = who.name || who.identity;
    document.body.append(element);
  });
  await call.connect(serverUrl, participantToken);
  await call.localParticipant.setCameraEnabled(true);
  return call.localParticipant.identity;
}

const form = document.querySelector('form');
const output = document.querySelector('output');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const identity = await join(DOORS[event.submitter.value], Object.fromEntries(new FormData(form)));
    output.textContent = `Joined as ${identity}`;
  } catch (error) {
    output.textContent = `${error.name}: ${error.message}`;
  }
});
