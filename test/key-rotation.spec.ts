/** LIVEKIT_KEYS_FILE is taken over while the service runs; a broken change keeps the keys as they were. */
import { describe, expect, it } from '@jest/globals';

import { startApp } from '../src/testing/start-app.js';
import { eventually } from '../src/testing/eventually.js';
import { verifyToken } from '../src/testing/livekit-token.js';
import { temporaryFile } from './support/temporary-file.js';

describe('LIVEKIT_KEYS_FILE', () => {
  it('signs with the first pair, also after a change, and does not show a secret', async () => {
    const keys = temporaryFile('one: hunter1');
    const service = await startApp({ LIVEKIT_KEYS_FILE: keys.path });
    const signsWith = async (key: string, secret: string): Promise<void> => {
      const response = await service.post('/token', { roomName: 'r', participantName: 'p' });
      expect((await verifyToken((await response.json()) as string, key, secret)).sub).toBe('p');
    };
    const said = (part: string): number => service.output.text().split(part).length - 1;
    await signsWith('one', 'hunter1');

    keys.replace('two: hunter2\none: hunter1');
    await eventually(() => said('was read again') === 2);
    await signsWith('two', 'hunter2');

    keys.replace('three: "hunter3');
    await eventually(() => said('the keys stay as they were') === 1);
    await signsWith('two', 'hunter2');

    keys.replace('three: hunter3');
    await eventually(() => said('was read again') === 3);
    await signsWith('three', 'hunter3');

    keys.replace('three: hunter4');
    await eventually(() => said('was read again') === 4);
    await signsWith('three', 'hunter4');
    expect(service.output.text()).not.toMatch(/hunter/);
    await service.close();
  });
});
