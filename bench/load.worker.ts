/** Runs the load in a process of its own, so that nothing else the benchmark does shows up in the latencies. */
import { ConnectionPool } from './connection.pool.js';
import { LoadPhase, requestsFor, type PhaseOrder, type PhaseResult } from './load.phase.js';

export interface WorkerReply {
  result?: PhaseResult;
  failure?: string;
}

const pool = new ConnectionPool();

process.on('message', async (order) => {
  process.send?.(await reply(order as PhaseOrder));
});
process.on('disconnect', () => process.exit());

async function reply(order: PhaseOrder): Promise<WorkerReply> {
  try {
    return { result: await new LoadPhase(order, await requestsFor(order), pool).run() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
