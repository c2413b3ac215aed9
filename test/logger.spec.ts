/** A log line never fails whoever writes it, and never shows what bears the name of a secret. */
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { startApp } from './support/app.js';

const circle: Record<string, unknown> = { name: 'circle' };
circle['self'] = circle;

/** Every character of the first two pages of Unicode by itself, and what JSON has a say about beyond them. */
const TEXTS = [
  ...Array.from({ length: 512 }, (_, code) => String.fromCharCode(code)),
  'a "b" \\ c',
  '\u2028',
  '\ud800',
  '\u{1f511}',
  '',
];

@Controller('log')
class LogController {
  private readonly logger = new Logger('Team');

  @Get()
  log(): string {
    this.logger.log('big', { createdAt: 1771351907n });
    this.logger.log('circle', { circle });
    this.logger.log('secrets', {
      nested: { token: 'hunter1', streamKey: 'hunter2' },
      Authorization: 'hunter3',
      kept: 1,
    });
    this.logger.log('forged', { level: 'fatal', message: 'other', requestId: 'other' });
    for (const text of TEXTS) this.logger.log('text', { text });
    this.logger.warn('several', 'texts', { n: 1 });
    return 'logged';
  }
}

@Module({ controllers: [LogController] })
class LogModule {}

describe.each(['json', 'pretty'])('LOG_FORMAT=%s', (LOG_FORMAT) => {
  it('writes whatever it is given, and masks secrets at any depth', async () => {
    const service = await startApp({ LOG_FORMAT }, { modules: [LogModule] });
    const response = await fetch(`${service.url}/log`, { headers: { 'x-request-id': 'the-request' } });
    expect(response.status).toBe(200);
    const text = service.output.text();
    expect(text).not.toMatch(/hunter/);
    for (const part of ['1771351907', 'circle', '[REDACTED]', 'several', 'texts']) expect(text).toContain(part);
    if (LOG_FORMAT === 'json') {
      const ours = service.output.lines().filter(({ context }) => context === 'Team');
      expect(ours.filter(({ message }) => message === 'text').map((line) => line['text'])).toEqual(TEXTS);
      const lines = ours.filter(({ message }) => message !== 'text');
      expect(lines.map(({ level }) => level)).toEqual(['log', 'log', 'log', 'log', 'warn', 'warn']);
      expect(lines[3]).toMatchObject({ level: 'log', message: 'forged' });
    }
    if (LOG_FORMAT === 'pretty') {
      const values = text.split('\n').map((line) => /^.* text=(".*") requestId="the-request"$/s.exec(line)?.[1]);
      expect(values.filter((value) => value !== undefined)).toEqual(TEXTS.map((each) => JSON.stringify(each)));
    }
    await service.close();
  });
});
