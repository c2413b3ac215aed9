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

export async function requestToken(
  service: Service,
  roomName: string,
  participantName: string,
  format: TokenFormat = 'string',
): Promise<string> {
  const response = await fetch(`${service.url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roomName, participantName }),
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`POST /token answered ${response.status}: ${body}`);
  return tokenIn(body, format);
}

function tokenIn(body: string, format: TokenFormat): string {
  if (format === 'text') return body;
  const value: unknown = JSON.parse(body);
  if (format === 'string' && typeof value === 'string') return value;
  if (format === 'object' && typeof value === 'object' && value !== null && 'token' in value)
    return String(value.token);
  throw new Error(`POST /token answered no token in format ${format}: ${body}`);
}
