/** Why a server could not be reached, and what an operator can do, in plain words. */

export interface NetworkFailure {
  /** Continues "It cannot be reached: ". */
  readonly reason: string;
  readonly advice: string;
}

/** Timeout of a request, in milliseconds. */
export const PATIENCE = 5_000;

const UNKNOWN_AUTHORITY: NetworkFailure = {
  reason: 'its certificate was issued by an authority that this machine does not trust',
  advice: 'Use a certificate of a public authority, or name your own in NODE_EXTRA_CA_CERTS, for the service too.',
};

const CUT: NetworkFailure = {
  reason: 'the connection was closed without a response',
  advice: 'Check whether it requires TLS (wss://, https://, rediss://), and the log of the server or its proxy.',
};

const NO_ROUTE: NetworkFailure = {
  reason: 'there is no route to its network from here',
  advice: 'Check routes, VPN and network policies of this machine or container.',
};

const NO_ANSWER: NetworkFailure = {
  reason: 'it did not respond in time',
  advice: 'Check for a firewall or network policy that drops the connection, and whether the server is overloaded.',
};

const NO_TLS: NetworkFailure = {
  reason: 'it does not use TLS there',
  advice: 'Use ws://, http:// or redis:// if that is intended, or the port of TLS.',
};

const NO_HTTP: NetworkFailure = {
  reason: 'its response is not HTTP',
  advice: 'Check whether the address requires TLS (wss:// or https://), and the port.',
};

const FAILURES: Readonly<Record<string, NetworkFailure>> = {
  ENOTFOUND: {
    reason: 'its name is not known',
    advice: 'Check the spelling, and whether this machine or container can resolve the name.',
  },
  EAI_AGAIN: {
    reason: 'its name could not be looked up, since no name server responded',
    advice: 'Check the DNS settings of this machine or container, and whether it can reach its name server.',
  },
  ECONNREFUSED: {
    reason: 'nothing listens there',
    advice: 'Start it, or correct host and port. Inside a container, localhost is the container itself.',
  },
  ECONNRESET: CUT,
  EPIPE: CUT,
  UND_ERR_SOCKET: CUT,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ETIMEDOUT: NO_ANSWER,
  UND_ERR_CONNECT_TIMEOUT: NO_ANSWER,
  TimeoutError: NO_ANSWER,
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', advice: 'Renew the certificate.' },
  CERT_NOT_YET_VALID: {
    reason: 'its certificate is not valid yet',
    advice: 'Compare the clock of this machine with the first day of the certificate.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate was issued for another name',
    advice: 'Use the name that the certificate is made for, or a certificate of this name.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    reason: 'it does not send the certificates between its own and the authority',
    advice:
      'Let it send the whole chain (often called fullchain.pem). Browsers may accept an incomplete chain; servers do not.',
  },
  EPROTO: NO_TLS,
};

const OTHER: NetworkFailure = {
  reason: 'the connection failed',
  advice: 'Request the address with curl -v from this machine or container, which shows each step.',
};

/** The words for an error of `fetch` or of a socket. Its own message is left out: it may quote the address or the response. */
export const networkFailure = (error: unknown): NetworkFailure => knownFailure(error) ?? OTHER;

/** Undefined for an error that is not known to be one of the network. */
export function knownFailure(error: unknown): NetworkFailure | undefined {
  for (const code of codesOf(error)) {
    const known = Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined;
    if (known) return known;
    if (code.startsWith('ERR_SSL_')) return NO_TLS;
    if (code.startsWith('HPE_')) return NO_HTTP;
  }
  return undefined;
}

/** From the outermost error to its causes. A name with several addresses fails with one error for each. */
function* codesOf(error: unknown): Generator<string> {
  if (typeof error !== 'object' || error === null) return;
  const { code, name, cause, errors } = error as Record<'code' | 'name' | 'cause' | 'errors', unknown>;
  if (typeof code === 'string') yield code;
  if (typeof name === 'string') yield name;
  yield* codesOf(cause);
  for (const one of Array.isArray(errors) ? errors : []) yield* codesOf(one);
}
