/** Twirp, the protocol of LiveKit's API, with errors in LiveKit's words. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** Undefined if the body is not a JSON object. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await text(request));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(words);
}

export function succeed(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function fail(response: ServerResponse, status: number, code: string, msg: string, meta?: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, msg, meta }));
}

/** Errors from below LiveKit's HTTP layer have a prefix. */
export function failBelow(response: ServerResponse, status: number, code: string, msg: string): void {
  fail(response, status, code, `twirp error unknown: ${msg}`);
}

export function noHandler({ method, url }: IncomingMessage, response: ServerResponse): void {
  fail(response, 404, 'bad_route', `no handler for path "${url}"`, { twirp_invalid_route: `${method} ${url}` });
}
