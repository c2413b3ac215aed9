/** Two instances of the built service, with one LiveKit, one Redis and one way for webhooks. */
import { once } from 'node:events';

import { afterAll } from '@jest/globals';

import { RedisServer } from '../../redis/support/redis.server.js';
import { freePort, type ServiceProcess, spawnService, untilListening } from '../../support/built-service.js';
import { KEY_PAIR, type OwnLiveKit, startOwnLiveKit } from '../../livekit/support/livekit.js';
import { stopPrograms } from '../../livekit/support/program.js';

import { WebhookProxy } from './webhook.proxy.js';

const all = new Set<Instances>();

afterAll(async () => {
  for (const instances of all) await instances.stop();
  await stopPrograms();
});

type Settings = Readonly<Record<string, string>>;

export class Instances {
  processes: ServiceProcess[] = [];
  private readonly ports: number[] = [];

  private constructor(
    private readonly settings: Settings,
    public livekit: OwnLiveKit,
    readonly redis: RedisServer,
    /** Where LiveKit sends its webhooks. */
    readonly proxy: WebhookProxy,
  ) {
    all.add(this);
  }

  static async start(settings: Settings): Promise<Instances> {
    const proxy = await WebhookProxy.start();
    const livekit = await startOwnLiveKit({ webhookUrls: [`${proxy.url}/livekit/webhook`] });
    const redis = await RedisServer.start();
    const base = { ...KEY_PAIR, LIVEKIT_URL: livekit.url, REDIS_URL: redis.url, LOG_FORMAT: 'json', ...settings };
    const instances = new Instances(base, livekit, redis, proxy);
    instances.ports.push(await freePort(), await freePort());
    proxy.targets = instances.urls;
    await instances.startAll();
    return instances;
  }

  get urls(): readonly [string, string] {
    const [one = 0, other = 0] = this.ports;
    return [`http://127.0.0.1:${one}`, `http://127.0.0.1:${other}`];
  }

  async startAll(): Promise<void> {
    this.processes = await Promise.all(
      this.ports.map((port) => spawnService({ ...this.settings, SERVER_PORT: String(port) })),
    );
    for (const process of this.processes) await untilListening(process);
  }

  /** After `livekit.stop()`: on the same port, without rooms. */
  async startLiveKit(): Promise<void> {
    const port = Number(new URL(this.livekit.url).port);
    this.livekit = await startOwnLiveKit({ webhookUrls: [`${this.proxy.url}/livekit/webhook`], port });
  }

  /** As a crash would. */
  async killAll(): Promise<void> {
    await Promise.all(this.processes.map((process) => end(process)));
  }

  async kill(index: 0 | 1): Promise<void> {
    const process = this.processes[index];
    if (process !== undefined) await end(process);
  }

  /** Starts the one again that was killed. */
  async start(index: 0 | 1): Promise<void> {
    const process = await spawnService({ ...this.settings, SERVER_PORT: String(this.ports[index]) });
    this.processes[index] = process;
    await untilListening(process);
  }

  output(): string {
    return this.processes.map(({ output }) => output()).join('\n');
  }

  async stop(): Promise<void> {
    all.delete(this);
    await this.killAll();
    this.proxy.stop();
    await this.redis.kill();
  }
}

async function end({ child }: ServiceProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A token for LiveKit by `POST /livekit/token`; throws the code of the refusal. */
export async function tokenFrom(url: string, accessToken: string, room: string): Promise<string> {
  const response = await askFor(url, accessToken, room);
  const { participant_token: token, code } = (await response.json()) as { participant_token?: string; code?: string };
  if (token === undefined) throw new Error(`${response.status} ${code}`);
  return token;
}

export function askFor(url: string, accessToken: string, room: string): Promise<Response> {
  return fetch(`${url}/livekit/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ room_name: room }),
  });
}
