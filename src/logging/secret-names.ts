/** Names, in lower case, of members whose values are written neither to the log nor to clients, wherever they stand. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'token',
  'participant_token',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'secret',
  'password',
  'turnpassword',
  'streamkey',
  'stream_key',
]);
