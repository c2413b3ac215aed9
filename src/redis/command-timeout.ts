/** How long a caller waits for Redis. */
const COMMAND_MS = 250;

export class CommandTimeout extends Error {
  override readonly message = 'Command timed out';
}

/** Rejects after the limit in milliseconds. Replies that arrived while this process was held up count: they are read before `setImmediate`. */
export async function inTime<Answer>(reply: Promise<Answer>, limitMs = COMMAND_MS): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(reject, new CommandTimeout()), limitMs);
  });
  try {
    return await Promise.race([reply, limit]);
  } finally {
    clearTimeout(timer);
  }
}
