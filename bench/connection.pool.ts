/** Keeps the connections of a load open for the next one at the same server: opening them costs the server, too. */
import { LoadConnection, type ConnectionEvents, type Expectation } from './load.connection.js';

export class ConnectionPool {
  private readonly parked = new Map<number, LoadConnection[]>();

  /** Those that are left there, and as many new ones as it takes. */
  async take(port: number, count: number, expected: Expectation, events: ConnectionEvents): Promise<LoadConnection[]> {
    const left = (this.parked.get(port) ?? []).filter(({ closed }) => !closed);
    this.parked.delete(port);
    for (const surplus of left.splice(count)) surplus.close();
    for (const connection of left) connection.use(expected, events);
    while (left.length < count) left.push(await LoadConnection.open(port, expected, events));
    return left;
  }

  /** Until they are taken again the server may close them. */
  park(port: number, connections: LoadConnection[]): void {
    for (const connection of connections) connection.rest();
    this.parked.set(port, connections);
  }
}
