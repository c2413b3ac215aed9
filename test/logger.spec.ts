/** A log line never fails whoever writes it, and never shows what bears the name of a secret. */
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { startApp } from '../src/testing/start-app.js';

const circle: Record<string, unknown> = { name: 'circle' };
circle['self'] = circle;

/** What terminals and log viewers act on, or do not show: C1 controls, separators of lines, and bidirectional controls. */
const INVISIBLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Every character of the first two pages of Unicode by itself, and what JSON has a say about beyond them. */
const TEXTS = [
  ...Array.from({ length: 512 }, (_, code) => String.fromCharCode(code)),
  'a "b" \\ c',
  ...'\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  '\ud800',
  '\u{1f511}',
  '',
];

/** As JSON has it, and with what JSON leaves as it is escaped in the same way. */
const escaped = (text: string): string =>
  JSON.stringify(text).replace(
    new RegExp(INVISIBLE, 'g'),
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

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
    for (const text of TEXTS) this.logger.error('failed', new Error(`an error ${text}`));
    this.logger.log(`message \u001b[31m\u009b\u202e`, { n: 1 });
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
    expect(text).not.toMatch(INVISIBLE);
    // Nor the controls of C0, except for the ends of lines.
    expect(text.replace(/[\t\n]/g, '')).not.toMatch(/[^ -\uffff]/);
    expect(text).toContain('message \\u001b[31m\\u009b\\u202e');
    for (const part of ['1771351907', 'circle', '[REDACTED]', 'several', 'texts']) expect(text).toContain(part);
    if (LOG_FORMAT === 'json') {
      const ours = service.output.lines().filter(({ context }) => context === 'Team');
      expect(ours.filter(({ message }) => message === 'text').map((line) => line['text'])).toEqual(TEXTS);
      const errors = ours.filter(({ level }) => level === 'error').map(({ error }) => error);
      expect(errors).toEqual(TEXTS.map((each) => expect.objectContaining({ message: `an error ${each}` })));
      const lines = ours.filter(({ message, level }) => message !== 'text' && level !== 'error');
      expect(lines.map(({ level }) => level)).toEqual(['log', 'log', 'log', 'log', 'log', 'warn', 'warn']);
      expect(lines[3]).toMatchObject({ level: 'log', message: 'forged' });
    }
    if (LOG_FORMAT === 'pretty') {
      const values = text.split('\n').map((line) => /^.* text=(".*") requestId="the-request"$/s.exec(line)?.[1]);
      expect(values.filter((value) => value !== undefined)).toEqual(TEXTS.map(escaped));
    }
    await service.close();
  });
});
