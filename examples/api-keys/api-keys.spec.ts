import { createHash } from 'node:crypto';

import { ConfigModule } from '@nestjs/config';
import { afterEach, describe, expect, it } from '@jest/globals';

import { startApp } from '../../test/support/app.js';
import { verifyToken } from '../../test/support/livekit-token.js';

import { ApiKeyVerifier } from './api-key.verifier.js';
import { apiKeysConfig } from './api-keys.config.js';

const hash = createHash('sha256').update('key-of-the-kiosk').digest('hex');
const authentication = { verifier: ApiKeyVerifier, imports: [ConfigModule.forFeature(apiKeysConfig)] };
const body = { roomName: 'r', participantName: 'Front desk' };

describe('API keys', () => {
  afterEach(() => {
    delete process.env['API_KEYS'];
  });

  it('let in who holds one, as whom the key says, whatever AUTH_MODE is', async () => {
    const service = await startApp({ API_KEYS: `kiosk=${hash}` }, { authentication });
    const answer = await service.post('/token', body, { authorization: 'Bearer key-of-the-kiosk' });
    expect(await verifyToken((await answer.json()) as string)).toMatchObject({ sub: 'kiosk', name: 'Front desk' });
    const refused = await service.post('/token', body, { authorization: 'Bearer another' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await service.post('/token', body)).status).toBe(401);
    await service.close();
  });

  it('stop the start when they are not well-formed', async () => {
    await expect(startApp({ API_KEYS: 'kiosk=plain' }, { authentication })).rejects.toThrow(/API_KEYS/);
  });
});
