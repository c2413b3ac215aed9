/** Lines come whole and in order, whatever their size and their characters. */
import { Writable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { eventually } from '../testing/eventually.js';

import { LineBuffer } from './line-buffer.js';

function collector(): { stream: Writable; chunks: string[] } {
  const chunks: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    chunks.push(chunk.toString());
    done();
  };
  return { stream: new Writable({ write }), chunks };
}

describe('lines', () => {
  it('wait for each other, and then go in one piece', async () => {
    const { stream, chunks } = collector();
    const buffer = new LineBuffer(stream);
    buffer.add('one\n');
    buffer.add('größer 🎉\n');
    expect(chunks).toEqual([]);
    await eventually(() => chunks.length > 0);
    expect(chunks).toEqual(['one\ngrößer 🎉\n']);
    buffer.add('later\n');
    await eventually(() => chunks.length > 1);
    expect(chunks[1]).toBe('later\n');
  });

  it('are written at once when asked for', () => {
    const { stream, chunks } = collector();
    const buffer = new LineBuffer(stream);
    buffer.add('one\n');
    buffer.flush();
    buffer.flush();
    expect(chunks).toEqual(['one\n']);
  });

  it('keep their order beside those that are larger than the buffer, and when it is full', () => {
    const { stream, chunks } = collector();
    const buffer = new LineBuffer(stream);
    const lines = [
      'a\n',
      `${'語'.repeat(100_000)}\n`,
      'b\n',
      ...Array.from({ length: 40 }, (_, n) => `${n} ${'é'.repeat(3000)}\n`),
    ];
    for (const line of lines) buffer.add(line);
    buffer.flush();
    expect(chunks.join('')).toBe(lines.join(''));
  });

  it('take no memory that a line before them is still to be written from', () => {
    const pending: Buffer[] = [];
    const slow = new Writable({ write: (chunk: Buffer) => void pending.push(chunk) });
    const buffer = new LineBuffer(slow);
    buffer.add('first\n');
    buffer.flush();
    buffer.add('other\n');
    buffer.flush();
    expect(pending.map(String)).toEqual(['first\n']);
  });
});
