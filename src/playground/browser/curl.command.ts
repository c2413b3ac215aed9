/** A request as a command for a POSIX shell that sends the very same. */
import type { TokenRequest } from './token.request.js';

/** Within single quotes a shell takes everything literally but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** One line for each part. Without the access token: commands are kept in histories and pasted into chats. */
export function curlCommand(url: string, { body }: TokenRequest, withAccessToken: boolean): string {
  return [
    `curl -i ${quoted(url)}`,
    "-H 'Content-Type: application/json'",
    ...(withAccessToken ? ['-H "Authorization: Bearer $ACCESS_TOKEN"'] : []),
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}
