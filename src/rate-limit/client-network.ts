/** The part of a client's address that it cannot change at will. Limits by address count by it. */
import { isIP } from 'node:net';

/** The first six groups of addresses that contain an IPv4 address: ::ffff:0:0/96 (RFC 4291) and 64:ff9b::/96 (RFC 6052). */
const IPV4_MAPPED = [0, 0, 0, 0, 0, 0xffff].join(':');
const NAT64 = [0x64, 0xff9b, 0, 0, 0, 0].join(':');

/** Everything that is no address, such as a proxy's `unknown` or a closed connection, shares one count. */
const NO_ADDRESS = 'unknown';

/** IPv4 addresses as they are, also inside of IPv6 addresses; else the first 64 bits of IPv6: a host commonly has a whole /64. */
export function networkOf(address: string): string {
  return networkOfIP(address) ?? networkOfIP(withoutPort(address)) ?? NO_ADDRESS;
}

function networkOfIP(address: string): string | undefined {
  // A dual-stack socket shows every IPv4 client in this form, so it has a fast path.
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

/** Some proxies add the port, which changes with every connection: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

function networkOfIPv6(ip: string): string {
  const groups = groupsOf(ip);
  const [high = 0, low = 0] = groups.slice(6);
  const prefix = groups.slice(0, 6).join(':');
  if (prefix === IPV4_MAPPED || prefix === NAT64) {
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

/** The last two groups if they are written as an IPv4 address. */
function hexadecimalOf(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
