/** The benchmark's handle on the process that makes the load; one process serves a whole run and so stays warm. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { PhaseOrder, PhaseResult } from './load.phase.js';
import type { WorkerReply } from './load.worker.js';

export class LoadClient {
  private readonly worker: ChildProcess = fork(fileURLToPath(new URL('load.worker.js', import.meta.url)));

  run(order: PhaseOrder): Promise<PhaseResult> {
    return new Promise((resolve, reject) => {
      const onEnd = (): void => reject(new Error('the load process ended early'));
      this.worker.once('exit', onEnd);
      this.worker.once('message', (message) => {
        this.worker.off('exit', onEnd);
        const { result, failure } = message as WorkerReply;
        if (result === undefined) reject(new Error(failure));
        else resolve(result);
      });
      this.worker.send(order);
    });
  }

  close(): void {
    if (this.worker.connected) this.worker.disconnect();
  }
}
