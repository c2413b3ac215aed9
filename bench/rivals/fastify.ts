/** The same contract on Fastify 5, the fastest of the common Node frameworks: the mark to aim at. */
import cors from '@fastify/cors';
import { fastify } from 'fastify';
import { AccessToken } from 'livekit-server-sdk';

const SERVER_PORT = Number(process.env.SERVER_PORT ?? 6080);
const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';

interface TokenBody {
  roomName?: string;
  participantName?: string;
}

const app = fastify();

await app.register(cors);

app.post<{ Body: TokenBody }>('/token', async (request, reply) => {
  const { roomName, participantName } = request.body;

  // Fastify sends a bare string as plain text, and the contract asks for JSON, so the text is made here.
  reply.type('application/json; charset=utf-8');
  if (!roomName || !participantName) {
    return reply.status(400).send(JSON.stringify('roomName and participantName are required'));
  }

  const at = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { identity: participantName });
  at.addGrant({ roomJoin: true, room: roomName });
  return reply.send(JSON.stringify(await at.toJwt()));
});

await app.listen({ port: SERVER_PORT });
