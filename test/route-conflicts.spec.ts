/** A team's route that collides with one of ours stops the start and says so, instead of never being reached. */
import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { startApp } from '../src/testing/start-app.js';

@Controller()
class OtherToken {
  @Post('token')
  create(): string {
    return 'mine';
  }
}

@Controller('livekit')
class OtherWebhook {
  @Post('webhook')
  receive(): void {}
}

@Controller('livekit/webhook')
class Beside {
  @Get()
  page(): string {
    return 'mine';
  }

  @Delete('events')
  remove(): void {}
}

@Module({ controllers: [OtherToken] })
class OtherTokenModule {}

@Module({ controllers: [OtherWebhook] })
class OtherWebhookModule {}

@Module({ controllers: [Beside] })
class BesideModule {}

describe("a team's route", () => {
  it.each([
    ['POST /token', OtherTokenModule, /POST \/token.*(TokenController.*OtherToken|OtherToken.*TokenController)/s],
    ['POST /livekit/webhook', OtherWebhookModule, /POST \/livekit\/webhook.*OtherWebhook/s],
  ])('stops the start where it is one of ours: %s', async (_route, team, message) => {
    await expect(startApp({}, { modules: [team] })).rejects.toThrow(message);
  });

  it('may stand beside ours', async () => {
    const service = await startApp({}, { modules: [BesideModule] });
    expect(await (await fetch(`${service.url}/livekit/webhook`)).text()).toBe('mine');
    expect((await fetch(`${service.url}/livekit/webhook/events`, { method: 'DELETE' })).status).toBe(200);
    await service.close();
  });
});
