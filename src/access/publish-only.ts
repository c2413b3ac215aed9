/**
 * LiveKit's parameter `publish`: a client that joins `/rtc` with a token of `alice` and `publish=camera` becomes another participant, `alice#camera`, who
 * may publish but not subscribe. The text after `#` is the client's choice.
 */

/** An identity may contain `#` itself. Clients could add any number. */
const MAX_SEPARATORS = 4;

/** The identities whose token may have opened a connection of this one: itself, then what comes before each `#`, the longest first. */
export function holdersOf(identity: string): readonly string[] {
  const holders: string[] = [];
  let end = identity.indexOf('#');
  while (end >= 0 && holders.length < MAX_SEPARATORS) {
    if (end > 0) holders.unshift(identity.slice(0, end));
    end = identity.indexOf('#', end + 1);
  }
  return [identity, ...holders];
}

/** The name of a connection within its holder's record: LiveKit's `sid`, and what follows the holder's identity. */
export const connectionOf = (holder: string, identity: string, sid: string): string =>
  sid + identity.slice(holder.length);

/** The identities of a holder's connections, each once. */
export function identitiesOf(holder: string, connections: Iterable<string>): readonly string[] {
  const suffixes = Array.from(connections, (connection) => /#.*$/s.exec(connection)?.[0] ?? '');
  return Array.from(new Set(suffixes), (suffix) => holder + suffix);
}
