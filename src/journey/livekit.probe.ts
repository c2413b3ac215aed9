/** Sends requests to LiveKit for several checks, each once a run: its front page, and the validation of a token. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { generatedName } from '../token/generated-name.js';
import { LiveKitTokenService } from '../livekit/livekit-token.service.js';

import { type NetworkFailure, networkFailure, PATIENCE } from './network-failure.js';

export interface LiveKitAddress {
  readonly variable: 'LIVEKIT_INTERNAL_URL' | 'LIVEKIT_URL';
  readonly url: URL;
}

/** A response of LiveKit, or of another server at its address. */
export interface Answer {
  readonly status: number;
  /** Must not be printed: LiveKit up to 1.13 quotes the token that it refuses. */
  readonly body: string;
  /** Seconds by which the other clock is ahead of ours, to about one second; undefined without a `Date` header. */
  readonly clockAhead?: number | undefined;
}

export type Reply = { readonly answer: Answer } | { readonly failure: NetworkFailure };

/** In seconds. The token is for an empty room and is sent to LiveKit only. */
const TOKEN_TTL = 120;

@Injectable()
export class LiveKitProbe {
  /** The address for this server and the one for clients; one entry if they are the same. */
  readonly addresses: readonly LiveKitAddress[];
  private readonly replies = new Map<string, Promise<Reply>>();

  constructor(
    config: ConfigService<Environment, true>,
    private readonly tokens: LiveKitTokenService,
  ) {
    const internal = config.get('LIVEKIT_INTERNAL_URL', { infer: true });
    const forClients = config.get('LIVEKIT_URL', { infer: true });
    const addresses: LiveKitAddress[] = [];
    if (forClients !== undefined) addresses.push({ variable: 'LIVEKIT_URL', url: httpForm(forClients) });
    if (internal !== undefined && httpForm(internal).href !== addresses[0]?.url.href) {
      addresses.unshift({ variable: 'LIVEKIT_INTERNAL_URL', url: httpForm(internal) });
    }
    this.addresses = addresses;
  }

  /** LiveKit's response to load balancers. */
  front({ url }: LiveKitAddress): Promise<Reply> {
    return this.once(`front ${url.href}`, () => ask(new URL('/', url)));
  }

  /** LiveKit's validation of a token that is signed here. Creates neither a room nor a participant. */
  verdict(address: LiveKitAddress): Promise<Reply> {
    const { url } = address;
    return this.once(`verdict ${url.href}`, async () => {
      const front = await this.front(address);
      if ('failure' in front) return front;
      const [room, identity] = [generatedName('doctor'), generatedName('doctor')];
      const token = await this.tokens.sign({ room, identity, grants: {}, ttl: TOKEN_TTL });
      return ask(new URL('/rtc/validate', url), { authorization: `Bearer ${token}` });
    });
  }

  private once(what: string, asking: () => Promise<Reply>): Promise<Reply> {
    const reply = this.replies.get(what) ?? asking();
    this.replies.set(what, reply);
    return reply;
  }
}

const httpForm = (address: string): URL => new URL(address.replace(/^ws/, 'http'));

async function ask(url: URL, headers: Record<string, string> = {}): Promise<Reply> {
  const asked = Date.now();
  try {
    // Clients do not follow a redirect of a WebSocket, so it must be reported.
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) });
    const clockAhead = aheadBy(response.headers.get('date'), asked, Date.now());
    return { answer: { status: response.status, body: await response.text(), clockAhead } };
  } catch (error) {
    return { failure: networkFailure(error) };
  }
}

/** The header is truncated to seconds, so it is half a second early on average. */
function aheadBy(date: string | null, asked: number, received: number): number | undefined {
  const theirs = date === null ? NaN : Date.parse(date);
  return Number.isNaN(theirs) ? undefined : Math.round((theirs + 500 - (asked + received) / 2) / 1000);
}
