/** The part of a client's address that it cannot change at will: what limits by address go by. */
import { isIP } from 'node:net';

/** All that is no address: a proxy's `unknown`, or a connection that is already gone. They share one count. */
const NO_ADDRESS = 'unknown';

/** IPv4 addresses as they are; of IPv6 the first 64 bits, since a single host is commonly given all that follow. */
export function networkOf(address: string): string {
  return networkOfIP(address) ?? networkOfIP(withoutPort(address)) ?? NO_ADDRESS;
}

function networkOfIP(address: string): string | undefined {
  // How a socket that listens on IPv6 as well shows every IPv4 client, and so worth a shorter way.
  const ip = /^::ffff:[\d.]+$/i.test(address) ? address.slice('::ffff:'.length) : address;
  switch (isIP(ip)) {
    case 4:
      return ip;
    case 6:
      return networkOfIPv6(ip);
    default:
      return undefined;
  }
}

/** Some proxies write the port as well, which changes with every connection: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

function networkOfIPv6(ip: string): string {
  const groups = groupsOf(ip);
  const [sixth, high = 0, low = 0] = groups.slice(5);
  if (sixth === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight groups of a valid address. */
function groupsOf(ip: string): number[] {
  const hexadecimal = ip.replace(/%.*/, '').replace(/[\d.]+\.\d+$/, hexadecimalOf);
  const [head = [], tail = []] = hexadecimal.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => parseInt(group, 16));
}

/** The last two groups, where they are written as an IPv4 address. */
function hexadecimalOf(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
