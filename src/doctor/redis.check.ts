/** Checks whether the Redis of REDIS_URL can be reached and accepts the account. */
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';
import { RedisClient } from '../redis/redis.client.js';
import { connectionTo } from '../redis/redis.connection.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok, skipped } from './finding.js';
import { knownFailure, type NetworkFailure } from '../journey/network-failure.js';

/** By the first word of an error of Redis. The rest may quote a command. */
const REFUSALS: Readonly<Record<string, NetworkFailure>> = {
  NOAUTH: {
    reason: 'it requires a password',
    advice: 'Put it into REDIS_URL: redis://:<password>@<host>:6379, or with the name of a user before the colon.',
  },
  WRONGPASS: {
    reason: 'it does not accept the password, or the name of the user',
    advice: 'Correct REDIS_URL; characters other than letters and digits must be written as %XX.',
  },
  NOPERM: {
    reason: 'the user of REDIS_URL has no permission for this command',
    advice: 'Give that user the right to read, to write and to run scripts (ACL SETUSER).',
  },
  LOADING: { reason: 'it is still reading its data', advice: 'Wait until it has, and run this again.' },
};

const NOT_REDIS: NetworkFailure = {
  reason: 'it does not respond like Redis, or not in time',
  advice: 'Check host and port, whether it requires TLS (rediss://), and whether it is overloaded.',
};

@Injectable()
export class RedisCheck extends OwnCheck {
  override readonly name = 'redis';

  constructor(private readonly config: ConfigService<Environment, true>) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const url = this.config.get('REDIS_URL', { infer: true });
    if (url === undefined)
      return [skipped('REDIS_URL is not set: each instance counts requests and remembers webhooks by itself.')];
    const { host } = new URL(url);
    const error = await failureOf(url);
    if (error === undefined) return [ok(`Redis responds at ${host}.`)];
    const { reason, advice } = inWords(error);
    return [
      fault(
        `Redis at ${host} cannot be used: ${reason}. Until it can, each instance counts requests and remembers webhooks by itself.`,
        advice,
      ),
    ];
  }
}

/** The error of a connection like that of the service; undefined if it works. */
async function failureOf(url: string): Promise<unknown> {
  const connection = connectionTo(url);
  const client = new RedisClient(connection);
  let first: unknown;
  connection.on('error', (error) => (first ??= error));
  try {
    await client.onModuleInit();
    await connection.ping();
    return first;
  } catch (error) {
    // The error of the connection tells more than that of the command.
    return first ?? error;
  } finally {
    // Not QUIT: a server that is not Redis would never respond to it.
    connection.disconnect();
  }
}

function inWords(error: unknown): NetworkFailure {
  const { name, message } = error as Error;
  const word = name === 'ReplyError' ? message.replace(/\s[^]*$/, '') : '';
  return (Object.hasOwn(REFUSALS, word) ? REFUSALS[word] : knownFailure(error)) ?? NOT_REDIS;
}
