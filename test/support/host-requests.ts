/** Thirty requests to the host application, and all that it answers to each: status, headers as they were sent, bytes. */
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

interface HostRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const user = { 'x-user': 'alice' };
const json = { ...user, 'content-type': 'application/json' };
const send = (path: string, body: string, headers: Readonly<Record<string, string>> = json): HostRequest => ({
  method: 'POST',
  path,
  headers,
  body,
});

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

export const REQUESTS: readonly HostRequest[] = [
  { path: '/api/orders', headers: user },
  { path: '/api/orders' },
  { path: '/api/orders?page=2&page=3', headers: user },
  { path: '/api/orders', headers: { ...user, 'x-request-id': 'of-the-client' } },
  { path: '/api/orders', headers: { ...user, 'if-none-match': 'W/"22-mPGIVjA3VTqBZHOvJq0bQ0jCZ3U"' } },
  { path: '/api//orders', headers: user },
  { path: '/api/orders/text' },
  { path: '/api/orders/broken', headers: user },
  { path: '/api/orders/missing', headers: user },
  { path: '/api/orders/7', headers: user },
  { path: '/api/orders/seven', headers: { ...user, 'accept-language': 'de' } },
  { method: 'HEAD', path: '/api/orders', headers: user },
  {
    method: 'OPTIONS',
    path: '/api/orders',
    headers: { 'access-control-request-method': 'POST', origin: 'https://a.b' },
  },
  send('/api/orders', '{"item":"tea","count":1}'),
  send('/api/orders', '{"item":"tea","count":11}'),
  send('/api/orders', '{"item":"tea","count":1,"extra":true}'),
  send('/api/orders', '{"item":'),
  send('/api/orders', '{"item":"tea","count":1}', { 'content-type': 'application/json' }),
  send('/api/orders/any', '{"__proto__":{"a":1},"b":2}'),
  send('/api/orders/any', nested(40)),
  send('/api/orders/any', `[${'1,'.repeat(2_000)}1]`),
  send('/api/orders/any', `"${'x'.repeat(200_000)}"`),
  send('/api/orders/any', 'a=1&b=2', { ...user, 'content-type': 'application/x-www-form-urlencoded' }),
  send('/api/orders/any', '{"event":"room_started"}', { ...user, 'content-type': 'application/webhook+json' }),
  send('/api/orders/any', 'plain', { ...user, 'content-type': 'text/plain' }),
  { method: 'PUT', path: '/api/orders/7', headers: json, body: '{"item":"tea","count":2}' },
  { method: 'DELETE', path: '/api/orders/7', headers: user },
  { method: 'DELETE', path: '/api/orders/0', headers: user },
  // Routes of our service.
  send('/token', '{"roomName":"a","participantName":"b"}'),
  { path: '/metrics' },
];

export interface HostAnswer {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

export async function answersOf(url: string): Promise<HostAnswer[]> {
  const answers: HostAnswer[] = [];
  for (const each of REQUESTS) answers.push(await answerTo(url, each));
  return answers;
}

function answerTo(url: string, { method = 'GET', path, headers = {}, body }: HostRequest): Promise<HostAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers, agent: false }, (response) => {
      buffer(response).then((bytes) => {
        const { statusCode: status, rawHeaders } = response;
        const isDate = (index: number): boolean => rawHeaders[index - (index % 2)]?.toLowerCase() === 'date';
        const kept = rawHeaders.filter((_, index) => !isDate(index));
        return resolve({ status, headers: kept, body: bytes.toString('latin1') });
      }, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
