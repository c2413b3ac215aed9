/** Read by the compiler alone: what listeners of LiveKit are promised, and, below each directive, what is a mistake. */
import type { EgressInfo, ParticipantInfo } from 'livekit-server-sdk';

import type { LiveKitEvent } from '../src/webhook/livekit-event.js';
import { OnLiveKitEvent } from '../src/webhook/on-livekit-event.decorator.js';

const seen: string[] = [];

export class Mistakes {
  // @ts-expect-error: there is no such event
  @OnLiveKitEvent('participant_join')
  misspelt(): void {}

  // @ts-expect-error: an event of an egress has no room
  @OnLiveKitEvent('egress_started')
  otherEvent(event: LiveKitEvent<'room_started'>): void {
    seen.push(event.room.name);
  }

  // @ts-expect-error: it handles one of the two only
  @OnLiveKitEvent(['participant_joined', 'room_started'])
  half(event: LiveKitEvent<'participant_joined'>): void {
    seen.push(event.participant.identity);
  }

  @OnLiveKitEvent('participant_joined')
  joined({ participant, room, ...event }: LiveKitEvent<'participant_joined'>): void {
    const all: ParticipantInfo = participant;
    seen.push(all.sid, room.metadata);
    // @ts-expect-error: a joined participant comes without a track
    seen.push(event.track);
  }

  @OnLiveKitEvent('track_published')
  published({ room, participant, track }: LiveKitEvent<'track_published'>): void {
    seen.push(room.name, participant.identity, track.sid);
    // @ts-expect-error: LiveKit does not fill it in for tracks
    seen.push(room.metadata);
  }

  @OnLiveKitEvent(['participant_left', 'egress_ended'])
  either(event: LiveKitEvent<'participant_left' | 'egress_ended'>): void {
    if (event.event === 'participant_left') seen.push(event.participant.identity);
    else seen.push((event.egressInfo satisfies EgressInfo).egressId);
  }

  @OnLiveKitEvent('*')
  every(event: LiveKitEvent<'*'>): void {
    seen.push(event.event, event.job?.agentName ?? '', event.participant?.sid ?? '');
    // @ts-expect-error: not every event has a room
    seen.push(event.room.name);
  }
}
