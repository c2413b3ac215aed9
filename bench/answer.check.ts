/** Makes sure a server's answers are right: the speed of wrong answers says nothing. */
import { TokenVerifier } from 'livekit-server-sdk';

import type { TokenSample } from './load.phase.js';
import { askForToken } from './token.request.js';

const REFUSAL = 'roomName and participantName are required';

export class AnswerCheck {
  private readonly verifier = new TokenVerifier('devkey', 'secret');

  /** Beside the tokens the contract has a refusal and open CORS; a server without them would do less work. */
  async contract(port: number): Promise<void> {
    for (const fields of [{ roomName: 'room' }, { participantName: 'guest' }]) {
      const { status, body } = await askForToken(port, fields);
      if (status !== 400) fail(`${status} instead of 400 for a missing field`);
      if (JSON.parse(body) !== REFUSAL) fail(`a wrong refusal: ${body}`);
    }
    const { headers } = await askForToken(port, { roomName: 'room', participantName: 'guest' });
    if (headers['access-control-allow-origin'] === undefined) fail('CORS is closed');
  }

  /** `lifetime` tells how many seconds the token of a room must live, where that matters. */
  async tokens(samples: TokenSample[], lifetime?: (roomName: string) => number): Promise<void> {
    for (const { roomName, participantName, body } of samples) {
      const claims = await this.verifier.verify(String(JSON.parse(body)));
      const right = claims.sub === participantName && claims.video?.room === roomName && claims.video.roomJoin === true;
      const rightTime = lifetime === undefined || (claims.exp ?? 0) - (claims.nbf ?? 0) === lifetime(roomName);
      if (!right || !rightTime) {
        fail(`a token for ${participantName} in ${roomName} claims ${JSON.stringify(claims)}`);
      }
    }
  }

  /** Of the events that were sent, so many were new, and all others came again: as the server's own metrics count them. */
  async events(port: number, sent: number, fresh: number): Promise<void> {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const counted = { accepted: 0, duplicate: 0 };
    for (const line of metrics.matchAll(/^livekit_webhook_events_total\{.*outcome="(\w+)".*\} (\d+)$/gm)) {
      const [, outcome, count] = line;
      if (outcome === 'accepted' || outcome === 'duplicate') counted[outcome] += Number(count);
    }
    if (counted.accepted !== fresh || counted.duplicate !== sent - fresh) {
      fail(`${sent} webhooks, ${fresh} of them new, were counted as ${JSON.stringify(counted)}`);
    }
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}
