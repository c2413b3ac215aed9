import type { LiveKitOptions } from './livekit.options.js';

/** The address of the server API, if there is one. Throws if it is no URL of LiveKit. */
export function serverApiUrl({ url, internalUrl = url }: LiveKitOptions): string | undefined {
  return checkedUrl('internalUrl', internalUrl);
}

/** The address for clients as ws:// or wss://, which every client accepts. Throws if it is no URL of LiveKit. */
export function clientUrl({ url }: LiveKitOptions): string | undefined {
  return checkedUrl('url', url)?.replace(/^http/, 'ws');
}

function checkedUrl(name: string, url: string | undefined): string | undefined {
  if (url === undefined || (URL.canParse(url) && /^(ws|wss|http|https):$/.test(new URL(url).protocol))) return url;
  throw new Error(`LiveKitModule: ${name} must be a ws://, wss://, http:// or https:// URL.`);
}
