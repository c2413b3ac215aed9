import { describe, expect, it } from '@jest/globals';

import { TrackSource } from 'livekit-server-sdk';

import type { JoinGrants } from '../livekit/token-terms.js';

import { isWider, permissionOf } from './participant-permission.js';

describe('permissionOf', () => {
  it('has the defaults of LiveKit', () => {
    expect(permissionOf({})).toEqual({
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canPublishSources: [],
      canUpdateMetadata: false,
      canSubscribeMetrics: false,
      hidden: false,
    });
  });

  it('has no right to send data for those who may not publish, unless it is granted', () => {
    expect(permissionOf({ canPublish: false })).toMatchObject({ canPublish: false, canPublishData: false });
    expect(permissionOf({ canPublish: false, canPublishData: true })).toMatchObject({ canPublishData: true });
  });
});

describe('isWider', () => {
  it.each<[permission: JoinGrants, granted: JoinGrants, wider: boolean]>([
    [{}, {}, false],
    [{}, { canPublish: true, canSubscribe: true }, false],
    [{}, { canPublish: false }, true],
    [{}, { canSubscribe: false }, true],
    [{}, { canPublishData: false }, true],
    [{ canPublish: false }, {}, false],
    [{ canPublish: false, canPublishData: true }, { canPublish: false }, true],
    [{ canUpdateOwnMetadata: true }, {}, true],
    [{}, { canUpdateOwnMetadata: true }, false],
    [{ canSubscribeMetrics: true }, {}, true],
    [{ hidden: true }, {}, true],
    [{}, { hidden: true }, false],
    [{}, { canPublishSources: ['camera'] }, true],
    [{ canPublishSources: ['camera'] }, {}, false],
    [{ canPublishSources: ['camera'] }, { canPublishSources: ['camera', 'microphone'] }, false],
    [{ canPublishSources: ['camera', 'microphone'] }, { canPublishSources: ['camera'] }, true],
    [{ canPublishSources: ['screen_share'] }, { canPublishSources: ['camera'] }, true],
    [
      { canPublish: false, canPublishData: false, canPublishSources: ['screen_share'] },
      { canPublishSources: ['camera'] },
      false,
    ],
  ])('%j beside %j: %j', (permission, granted, wider) => {
    expect(isWider(permissionOf(permission), granted)).toBe(wider);
  });

  it('knows sources that no rule can name', () => {
    const permission = { ...permissionOf({}), canPublishSources: [TrackSource.UNKNOWN] };
    expect(isWider(permission, { canPublishSources: ['camera'] })).toBe(true);
  });
});
