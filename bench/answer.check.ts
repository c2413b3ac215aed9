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

  async tokens(samples: TokenSample[]): Promise<void> {
    for (const { roomName, participantName, body } of samples) {
      const claims = await this.verifier.verify(String(JSON.parse(body)));
      const right = claims.sub === participantName && claims.video?.room === roomName && claims.video.roomJoin === true;
      if (!right) fail(`a token for ${participantName} in ${roomName} claims ${JSON.stringify(claims)}`);
    }
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}
