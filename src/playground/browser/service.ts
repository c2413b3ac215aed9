/** The service that this page came from: its settings, its health, and its responses to requests for tokens. */
import type { Answer, TokenRequest } from './token.request.js';

export interface Settings {
  readonly authentication: 'none' | 'oidc' | 'custom';
  readonly liveKitUrl: string | null;
  readonly liveKitClient: string;
  /** Whether the page can show which join rule admitted a participant. */
  readonly rules: boolean;
  /** Whether the page can show what the service knows of a failed join. */
  readonly journeys: boolean;
  readonly docs: boolean;
}

/** Beside this file's folder, whatever a proxy puts before our paths. */
const BASE = new URL('..', import.meta.url);

export const addressOf = (path: string): string => new URL(path, BASE).href;

export async function readSettings(): Promise<Settings> {
  const response = await fetch(addressOf('playground/settings.json'));
  return (await response.json()) as Settings;
}

/** The status of LiveKit in /health/ready; undefined if it is not checked. */
export async function liveKitState(): Promise<string | undefined> {
  const response = await fetch(addressOf('health/ready'));
  const { details } = (await response.json()) as { details?: { livekit?: { status?: string } } };
  return details?.livekit?.status;
}

export interface AdmittingRule {
  readonly rule: number;
  readonly name?: string;
}

/** The join rule behind the token of this request; undefined if the service does not know it. */
export async function ruleBehind(requestId: string): Promise<AdmittingRule | undefined> {
  const response = await fetch(addressOf(`playground/rules/${requestId}`));
  return response.ok ? ((await response.json()) as AdmittingRule) : undefined;
}

export interface JourneyCause {
  readonly cause: string;
  readonly text: string;
  readonly advice: string;
}

export interface JourneyConclusion extends JourneyCause {
  /** If there is more than one cause. */
  readonly possible: readonly JourneyCause[];
}

/** Why the participant of this token request is not in the room; undefined if the service does not know the request. */
export async function journeyBehind(requestId: string): Promise<JourneyConclusion | undefined> {
  const response = await fetch(addressOf(`playground/journeys/${requestId}`));
  return response.ok ? ((await response.json()) as { conclusion: JourneyConclusion }).conclusion : undefined;
}

export interface TimedAnswer extends Answer {
  readonly statusText: string;
  readonly requestId: string;
  readonly retryAfter: string | null;
  readonly milliseconds: number;
  /** Whether the service requires an access token. */
  readonly asksForBearer: boolean;
}

/** Rejects if there is no response. */
export async function send({ path, body }: TokenRequest, accessToken: string): Promise<TimedAnswer> {
  const start = performance.now();
  const response = await fetch(addressOf(path), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(accessToken !== '' && { Authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    statusText: response.statusText,
    text,
    requestId: response.headers.get('x-request-id') ?? '',
    retryAfter: response.headers.get('retry-after'),
    milliseconds: Math.round(performance.now() - start),
    asksForBearer: response.headers.get('www-authenticate')?.startsWith('Bearer') ?? false,
  };
}
