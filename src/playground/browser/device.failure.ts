/** Why the browser gives no camera or microphone, in plain words. */

/** `name` is the one of the DOMException. */
export function deviceFailure(device: 'camera' | 'microphone', name: string): string {
  switch (name) {
    case 'NotAllowedError':
      return `The browser was not allowed to use the ${device}. Allow it beside the address of this page.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `There is no ${device} on this device.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${device} is in use by something else.`;
    case 'InsecureContext':
      return `Browsers give a ${device} to pages on localhost or by https only.`;
    default:
      return `The ${device} cannot be used: ${name}.`;
  }
}
