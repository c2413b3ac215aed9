/** Runs the built token service as operators run it, and asks it for tokens. */
import { fileURLToPath } from 'node:url';
import { freePort, startProgram, type Running } from './program.js';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

export interface Service extends Running {
  url: string;
}

/** A suite that must know the port before the start, such as for webhooks, takes one by `freePort` and sets SERVER_PORT. */
export async function startService(settings: Record<string, string>): Promise<Service> {
  const port = settings.SERVER_PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    name: 'token-service',
    command: process.execPath,
    args: [MAIN],
    environment: { ...settings, SERVER_PORT: port },
    readyAt: `${url}/health/live`,
    stopWith: 'SIGTERM',
  });
  return { url, stop: program.stop };
}

export type TokenFormat = 'string' | 'object' | 'text';

/** The service as a process, or as an application in this one. */
export type Reachable = Pick<Service, 'url'>;

export async function requestToken(
  service: Reachable,
  roomName: string,
  participantName: string,
  format: TokenFormat = 'string',
): Promise<string> {
  return tokenIn(await post(service, '/token', 200, { roomName, participantName }), format);
}

/** By LiveKit's standard token endpoint. */
export async function requestStandardToken(service: Reachable, wishes: object): Promise<string> {
  const { participant_token } = JSON.parse(await post(service, '/livekit/token', 201, wishes)) as Record<
    string,
    string
  >;
  if (participant_token === undefined) throw new Error('POST /livekit/token answered no token');
  return participant_token;
}

async function post({ url }: Reachable, path: string, status: number, body: object): Promise<string> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== status) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return text;
}

function tokenIn(body: string, format: TokenFormat): string {
  if (format === 'text') return body;
  const value: unknown = JSON.parse(body);
  if (format === 'string' && typeof value === 'string') return value;
  if (format === 'object' && typeof value === 'object' && value !== null && 'token' in value)
    return String(value.token);
  throw new Error(`POST /token answered no token in format ${format}: ${body}`);
}
