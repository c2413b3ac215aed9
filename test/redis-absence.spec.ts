/** A Redis that cannot be reached is no reason not to start, and none to let everybody through. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../src/testing/start-app.js';

/** As Redis answers commands that it does not know, of which one here carries the password. */
function quoteAllCommands(socket: Socket): void {
  socket.setEncoding('utf8').on('data', (commands: string) => {
    for (const command of commands.split(/^\*\d+\r\n/m).slice(1)) {
      socket.write(`-ERR unknown command, with args beginning with: ${command.replace(/\s+/g, ' ')}\r\n`);
    }
  });
}

describe('REDIS_URL of a Redis that is not there', () => {
  let service: RunningApp;
  let standIn: Server | undefined;
  afterEach(async () => {
    standIn?.close();
    await service.close();
  });

  async function statuses(count: number): Promise<number[]> {
    const answers: number[] = [];
    for (let i = 0; i < count; i += 1) {
      answers.push((await service.post('/token', { roomName: 'r', participantName: 'Alice' })).status);
    }
    return answers;
  }

  async function expectLimitsInProcess(port: number, reason: string): Promise<void> {
    const REDIS_URL = `redis://user:hunter2@127.0.0.1:${port}`;
    service = await startApp({ RATE_LIMIT_PER_ADDRESS: '3', REDIS_URL });
    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
    const warnings = service.output.lines().filter(({ context, level }) => context === 'Redis' && level === 'warn');
    expect(warnings).toEqual([expect.objectContaining({ reason })]);
    expect(service.output.text()).not.toContain('hunter2');
  }

  it('stops neither the start nor the limits, and is warned of once', async () => {
    await expectLimitsInProcess(1, 'ECONNREFUSED');
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['say nothing', 'Command timed out', () => undefined],
    ['quote all that was said to it', 'ERR', quoteAllCommands],
  ])('may also take connections and %s', async (_what, reason, behave) => {
    standIn = createServer(behave).listen(0, '127.0.0.1');
    await once(standIn, 'listening');
    await expectLimitsInProcess((standIn.address() as AddressInfo).port, reason);
  });
});
