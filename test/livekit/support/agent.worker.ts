/** A worker for agents as LiveKit's agent frameworks register one: it is offered jobs, and takes none. */
import { once } from 'node:events';

import { afterAll } from '@jest/globals';
import {
  AvailabilityResponse,
  type Job,
  JobType,
  RegisterWorkerRequest,
  ServerMessage,
  WorkerMessage,
} from '@livekit/protocol';
import { WebSocket } from 'ws';

import { eventually } from '../../../src/testing/eventually.js';
import { signToken } from './jwt.js';
import type { LiveKit } from './livekit.js';

const workers = new Set<WebSocket>();
afterAll(() => {
  for (const socket of workers) socket.terminate();
});

export class AgentWorker {
  readonly jobs: Job[] = [];
  private isRegistered = false;

  private constructor(private readonly socket: WebSocket) {
    workers.add(socket);
    socket.on('message', (frame: Buffer) => {
      const { message } = ServerMessage.fromBinary(frame);
      if (message.case === 'register') this.isRegistered = true;
      if (message.case === 'availability' && message.value.job) this.decline(message.value.job);
    });
  }

  /** For agents of this name, where it is empty for those without one. */
  static async register(livekit: LiveKit, agentName: string, deployment = ''): Promise<AgentWorker> {
    const authorization = `Bearer ${await signToken(livekit, { agent: true })}`;
    const socket = new WebSocket(`${livekit.url}/agent`, { headers: { authorization } });
    const worker = new AgentWorker(socket);
    await once(socket, 'open');
    const value = new RegisterWorkerRequest({ type: JobType.JT_ROOM, agentName, deployment, version: '1.0.0' });
    socket.send(new WorkerMessage({ message: { case: 'register', value } }).toBinary());
    await eventually(() => worker.isRegistered);
    return worker;
  }

  private decline(job: Job): void {
    this.jobs.push(job);
    const value = new AvailabilityResponse({ jobId: job.id, available: false });
    this.socket.send(new WorkerMessage({ message: { case: 'availability', value } }).toBinary());
  }
}
