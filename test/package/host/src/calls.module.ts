/** What docs/existing-app.md shows. */
import { Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import type { Request } from 'express';
import { LiveKitModule, RoomServiceClient } from 'livekit-token-service/livekit';
import type { JoinRequest, JoinTerms, TokenPolicyProvider } from 'livekit-token-service/policy';
import { TokenPolicy } from 'livekit-token-service/policy';
import type { CallerResolver, ResolvedCaller, TokenIssuedEvent } from 'livekit-token-service/token';
import { OnTokenIssued, TokenModule } from 'livekit-token-service/token';
import type { LiveKitEvent } from 'livekit-token-service/webhook';
import { OnLiveKitEvent, WebhookModule } from 'livekit-token-service/webhook';

@Injectable()
export class CurrentUserResolver implements CallerResolver {
  resolve({ headers }: Request): ResolvedCaller | undefined {
    const user = headers['x-user'];
    return typeof user === 'string' ? { identity: user, claims: { roles: ['staff'] } } : undefined;
  }
}

@Injectable()
@TokenPolicy()
export class StaffPolicy implements TokenPolicyProvider {
  decide({ caller }: JoinRequest, terms: JoinTerms): JoinTerms {
    return { ...terms, grants: { roomAdmin: caller.kind === 'verified' && Array.isArray(caller.claims['roles']) } };
  }
}

@Injectable()
export class Calls {
  readonly seen: string[] = [];

  constructor(readonly rooms: RoomServiceClient) {}

  @OnTokenIssued()
  issued({ identity }: TokenIssuedEvent): void {
    this.seen.push(`issued ${identity}`);
  }

  @OnLiveKitEvent('room_started')
  started({ room }: LiveKitEvent<'room_started'>): void {
    this.seen.push(`started ${room.name}`);
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [() => ({ LIVEKIT_SECRET: 'secret' })] }),
    LiveKitModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        url: 'ws://127.0.0.1:7880',
        keys: [{ key: 'devkey', secret: config.getOrThrow<string>('LIVEKIT_SECRET') }],
      }),
    }),
    TokenModule.register({ path: 'calls/token', caller: CurrentUserResolver, responseFormat: 'object' }),
    WebhookModule.register({ path: 'livekit/webhook' }),
  ],
  providers: [StaffPolicy, Calls],
  exports: [Calls],
})
export class CallsModule {}
