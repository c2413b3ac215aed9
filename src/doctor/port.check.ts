/** Checks whether SERVER_PORT is free, or used by the service itself. */
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { Environment } from '../config/environment.js';

import { OwnCheck } from './doctor.check.js';
import { fault, type Finding, ok } from './finding.js';
import { PATIENCE } from '../journey/network-failure.js';

@Injectable()
export class PortCheck extends OwnCheck {
  override readonly name = 'port';

  constructor(private readonly config: ConfigService<Environment, true>) {
    super();
  }

  override async run(): Promise<readonly Finding[]> {
    const port = this.config.get('SERVER_PORT', { infer: true });
    const problem = await whatKeepsFrom(port);
    if (problem === undefined) return [ok(`SERVER_PORT (${port}) is free: the service does not run on this machine.`)];
    if (problem === 'EACCES') {
      const advice = 'Use a port from 1024 on, and let a proxy listen on the other.';
      return [fault(`SERVER_PORT (${port}) may not be opened by this user.`, advice)];
    }
    if (problem === 'EADDRINUSE' && (await isOurs(port))) return [ok(`The service runs on port ${port}.`)];
    return [
      fault(
        `SERVER_PORT (${port}) is used by another program (${problem}).`,
        `Stop it, or use another port; ss -ltnp 'sport = :${port}' names it.`,
      ),
    ];
  }
}

/** The code of the error with which a server would fail; undefined if it could listen. */
async function whatKeepsFrom(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    server.close();
  }
}

async function isOurs(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(PATIENCE) });
    return ((await response.json()) as { readonly status?: unknown } | null)?.status === 'ok';
  } catch {
    return false;
  }
}
