/**
 * Loaded into a server by `--import`: measures its turns of the event loop in CPU time of the process, which other programs do not lengthen as
 * they do every wait. A first SIGUSR2 begins, and a second one prints the longest turn. Does nothing in between.
 */
interface Turns {
  longest: number;
  before: number;
}

let turns: Turns | undefined;

/** In milliseconds, of all threads: not less than that of the event loop. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function turn(): void {
  if (turns === undefined) return;
  const now = cpuTime();
  turns.longest = Math.max(turns.longest, now - turns.before);
  turns.before = now;
  setImmediate(turn);
}

process.on('SIGUSR2', () => {
  if (turns === undefined) {
    turns = { longest: 0, before: cpuTime() };
    setImmediate(turn);
    return;
  }
  process.stdout.write(`${JSON.stringify({ longestTurnMs: turns.longest })}\n`);
  turns = undefined;
});
