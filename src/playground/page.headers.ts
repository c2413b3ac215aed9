/** Headers of the page at / only: it may run its own scripts, call the service and LiveKit, and use the camera. */

/** LiveKit Cloud tells clients to connect to hosts of the region that is nearest to them. */
const CLOUD = '.livekit.cloud';

export function pageHeaders(liveKitUrl: string | undefined): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ['connect-src', "'self'", ...(liveKitUrl === undefined ? [] : addressesOf(liveKitUrl))].join(' '),
    'media-src blob: mediastream:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join(';'),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(self)',
    'Cache-Control': 'no-cache',
  };
}

/** For the signal connection, and for the request by which the client learns why that one was refused. */
function addressesOf(liveKitUrl: string): readonly string[] {
  const { host, hostname, protocol } = new URL(liveKitUrl);
  const hosts = hostname.endsWith(CLOUD) ? [host, `*${CLOUD}`] : [host];
  const schemes = protocol === 'wss:' || protocol === 'https:' ? ['wss', 'https'] : ['ws', 'http'];
  return hosts.flatMap((name) => schemes.map((scheme) => `${scheme}://${name}`));
}
