/** Asks a server for one token over a connection of its own, for the moments when speed is not measured. */
import { request, type IncomingHttpHeaders } from 'node:http';

import type { Names } from './request.set.js';

export interface TokenAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const TIMEOUT_MS = 5_000;

export function askForToken(port: number, fields: Partial<Names>, bearer?: string): Promise<TokenAnswer> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(fields);
    const headers = {
      origin: 'http://localhost:5080',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
    const call = request(
      { host: '127.0.0.1', port, path: '/token', method: 'POST', agent: false, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    call.setTimeout(TIMEOUT_MS, () => call.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}
