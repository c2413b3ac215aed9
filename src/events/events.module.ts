import { Global, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';

/**
 * The one emitter of our events. A host application may have its own emitter with its own options, so ours is no global provider there:
 * modules import this one. It calls the listeners of all modules.
 */
export const EVENT_EMITTER = EventEmitterModule.forRoot({ global: false });

/** Makes the emitter available in all modules of the service. */
@Global()
@Module({ imports: [EVENT_EMITTER], exports: [EVENT_EMITTER] })
export class EventsModule {}
