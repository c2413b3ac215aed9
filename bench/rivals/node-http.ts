/** A token by nothing but Node itself: what no framework on it goes below, and what grows with its connections in any case. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const SERVER_PORT = process.env.SERVER_PORT ?? 6080;
const LIVEKIT_API_KEY = process.env.LIVEKIT_API_KEY ?? 'devkey';
const LIVEKIT_API_SECRET = process.env.LIVEKIT_API_SECRET ?? 'secret';
const HEADER = encoded({ alg: 'HS256' });
const LIFETIME_SECONDS = 6 * 3_600;

interface TokenBody {
  roomName?: string;
  participantName?: string;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function tokenOf(room: string, identity: string): string {
  const nbf = Math.floor(Date.now() / 1_000);
  const standard = { iss: LIVEKIT_API_KEY, sub: identity, nbf, exp: nbf + LIFETIME_SECONDS };
  const content = `${HEADER}.${encoded({ ...standard, video: { roomJoin: true, room } })}`;
  return `${content}.${createHmac('sha256', LIVEKIT_API_SECRET).update(content).digest('base64url')}`;
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    const { roomName, participantName } = JSON.parse(body) as TokenBody;
    const valid = roomName && participantName;
    const answer = valid ? tokenOf(roomName, participantName) : 'roomName and participantName are required';
    response.statusCode = valid ? 200 : 400;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(answer));
  });
}).listen(SERVER_PORT);
