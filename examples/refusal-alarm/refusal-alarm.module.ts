import { Module } from '@nestjs/common';

import { RefusalAlarm } from './refusal-alarm.js';

@Module({ providers: [RefusalAlarm] })
export class RefusalAlarmModule {}
