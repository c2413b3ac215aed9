import { inSpan, SpanKind, SpanStatusCode } from './tracing.js';

/** Sends a request within a client span, by OpenTelemetry's conventions for HTTP. The URL is recorded without credentials and query. */
export function inRequestSpan(method: string, url: string, send: () => Promise<Response>): Promise<Response> {
  return inSpan(method, { kind: SpanKind.CLIENT }, async (span) => {
    if (span === undefined) return send();
    const { hostname, port, protocol, origin, pathname } = new URL(url);
    span.setAttributes({
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      'url.full': origin + pathname,
    });
    const response = await send();
    span.setAttribute('http.response.status_code', response.status);
    if (response.status >= 400) {
      span.setAttribute('error.type', String(response.status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    return response;
  });
}
