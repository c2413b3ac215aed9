import { expect, it } from '@jest/globals';

import { startApp } from 'livekit-token-service/testing';
import { temporaryFile } from '../../test/support/temporary-file.js';

import { RefusalAlarmModule } from './refusal-alarm.module.js';

it('raises one alarm for an address that is refused again and again', async () => {
  const rules = temporaryFile('- rooms: [open]');
  const service = await startApp({ JOIN_RULES_FILE: rules.path }, { modules: [RefusalAlarmModule] });
  const alarms = (): unknown[] => service.output.lines().filter(({ context }) => context === 'RefusalAlarm');
  const ask = (roomName: string): Promise<Response> => service.post('/token', { roomName, participantName: 'p' });
  for (let n = 0; n < 4; n += 1) await ask('closed');
  for (let n = 0; n < 4; n += 1) await ask('open');
  expect(alarms()).toEqual([]);
  for (let n = 0; n < 4; n += 1) await ask('closed');
  expect(alarms()).toMatchObject([{ level: 'warn', address: '127.0.0.1', count: 5 }]);
  await service.close();
});
