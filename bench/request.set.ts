/** Holds the ready-made requests of the load, each for another room and guest, so that no answer can be reused. */

export interface Names {
  roomName: string;
  participantName: string;
}

const SIZE = 1_000;
/** Has no factor in common with the size, so every guest turns up once and no guest has its room's number. */
const STRIDE = 7;

export class RequestSet {
  private readonly nameSets: Names[] = [];
  private readonly requests: Buffer[] = [];

  /** With more bearers than names, names come again with another bearer. */
  constructor(port: number, bearers: string[] = []) {
    for (let i = 0; i < Math.max(SIZE, bearers.length); i++) {
      const names = { roomName: `room-${i % SIZE}`, participantName: `guest-${(i * STRIDE + 1) % SIZE}` };
      this.nameSets.push(names);
      this.requests.push(httpRequest(port, JSON.stringify(names), bearers[i % bearers.length]));
    }
  }

  names(index: number): Names {
    return at(this.nameSets, index);
  }

  request(index: number): Buffer {
    return at(this.requests, index);
  }
}

function at<T>(items: T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError(`no request ${index}`);
  return item;
}

/** Carries the headers a browser would send, the origin among them: without it a server skips its CORS work. */
function httpRequest(port: number, body: string, bearer: string | undefined): Buffer {
  return Buffer.from(
    [
      'POST /token HTTP/1.1',
      `Host: localhost:${port}`,
      'Connection: keep-alive',
      'Origin: http://localhost:5080',
      'User-Agent: Mozilla/5.0',
      'Accept: */*',
      'Accept-Language: en',
      'Content-Type: application/json',
      ...(bearer === undefined ? [] : [`Authorization: Bearer ${bearer}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
