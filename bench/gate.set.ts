/** Questions that a proxy asks the gate about joins, each about another token. */
import type { Names, Requests } from './request.set.js';

export class GateSet implements Requests {
  private readonly requests: Buffer[];

  constructor(port: number, tokens: readonly string[]) {
    this.requests = tokens.map((token) => Buffer.from(question(port, token)));
  }

  request(index: number): Buffer {
    const request = this.requests[index % this.requests.length];
    if (request === undefined) throw new RangeError(`no question ${index}`);
    return request;
  }

  names(): Names {
    throw new Error('a question asks for no token');
  }
}

/** With the headers of deploy/nginx. */
function question(port: number, token: string): string {
  return [
    'GET /livekit/gate HTTP/1.1',
    `Host: localhost:${port}`,
    `X-Original-URI: /rtc/v1?access_token=${token}&auto_subscribe=1&sdk=js&version=2.23.0&protocol=16`,
    'X-Original-Method: GET',
    'X-Request-Id: 5f0b1b1f6d9c4e4f8a3c2d1e0f9a8b7c',
    '',
    '',
  ].join('\r\n');
}
