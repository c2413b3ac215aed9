/** LIVEKIT_KEYS_FILE is taken over while the service runs; a broken change keeps the keys as they were. */
import { describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';

import { startApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { temporaryFile } from './support/temporary-file.js';

describe('LIVEKIT_KEYS_FILE', () => {
  it('signs with the first pair, also after a change, and does not show a secret', async () => {
    const keys = temporaryFile('one: hunter1');
    const service = await startApp({ LIVEKIT_KEYS_FILE: keys.path });
    /** Whose token it is; fails unless it is signed with this secret. */
    const signerBy = async (secret: string): Promise<unknown> => {
      const response = await service.post('/token', { roomName: 'r', participantName: 'p' });
      return (await jwtVerify((await response.json()) as string, Buffer.from(secret))).payload.iss;
    };
    const said = (part: string): number => service.output.text().split(part).length - 1;
    expect(await signerBy('hunter1')).toBe('one');

    keys.replace('two: hunter2\none: hunter1');
    await eventually(() => said('was read again') === 2);
    expect(await signerBy('hunter2')).toBe('two');

    keys.replace('three: "hunter3');
    await eventually(() => said('the keys stay as they were') === 1);
    expect(await signerBy('hunter2')).toBe('two');

    keys.replace('three: hunter3');
    await eventually(() => said('was read again') === 3);
    expect(await signerBy('hunter3')).toBe('three');

    keys.replace('three: hunter4');
    await eventually(() => said('was read again') === 4);
    expect(await signerBy('hunter4')).toBe('three');
    expect(service.output.text()).not.toMatch(/hunter/);
    await service.close();
  });
});
