/** Other modules import it to know who is a host. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { hostsConfig } from './hosts.config.js';
import { Hosts } from './hosts.service.js';

@Module({ imports: [ConfigModule.forFeature(hostsConfig)], providers: [Hosts], exports: [Hosts] })
export class HostsModule {}
