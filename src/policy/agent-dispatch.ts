/** In bytes of UTF-8. */
export const MAX_DEPLOYMENT_BYTES = 64;

/** No characters that LiveKit's own names of topics are built with, no blanks, no control characters. */
export const DEPLOYMENT = /^[^\0-\x20\x7f_]*$/;

/**
 * What is wrong with the deployment of an agent; continues its name. No worker can serve another one, and LiveKit drops such an agent
 * without an error.
 */
export function deploymentError(deployment: string): string | undefined {
  if (Buffer.byteLength(deployment) > MAX_DEPLOYMENT_BYTES) {
    return `must be at most ${MAX_DEPLOYMENT_BYTES} bytes of UTF-8`;
  }
  return DEPLOYMENT.test(deployment) ? undefined : 'must not contain underscores, blanks or control characters';
}
