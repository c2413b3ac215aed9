/** A token by nothing but Node itself: what no framework on it goes below, and what grows with its connections in any case. */
import { createServer } from 'node:http';

import { REFUSAL, tokenOf } from './signed.token.js';

const SERVER_PORT = process.env.SERVER_PORT ?? 6080;

interface TokenBody {
  roomName?: string;
  participantName?: string;
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    const { roomName, participantName } = JSON.parse(body) as TokenBody;
    const valid = roomName && participantName;
    const answer = valid ? tokenOf(roomName, participantName) : REFUSAL;
    response.statusCode = valid ? 200 : 400;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(answer));
  });
}).listen(SERVER_PORT);
