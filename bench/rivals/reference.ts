/** The token server of OpenVidu's tutorial on Express 5: what a team would run if this project did not exist. */
import cors from 'cors';
import express from 'express';
import { AccessToken } from 'livekit-server-sdk';

const SERVER_PORT = process.env.SERVER_PORT ?? 6080;
const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';

interface TokenBody {
  roomName?: string;
  participantName?: string;
}

const app = express();

app.use(cors());
app.use(express.json());

app.post('/token', async (req, res) => {
  const { roomName, participantName } = req.body as TokenBody;

  if (!roomName || !participantName) {
    res.status(400).json('roomName and participantName are required');
    return;
  }

  const at = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, { identity: participantName });
  at.addGrant({ roomJoin: true, room: roomName });
  res.json(await at.toJwt());
});

app.listen(SERVER_PORT);
