/** Receives traces by OTLP over HTTP as a collector does: protobuf, decoded by the published protos, and JSON. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import protos from 'otlp-protos/build/src/generated/root.js';

import { eventually } from '../../src/testing/eventually.js';

type Value = string | number | boolean;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'consumer' | 'other';
  readonly attributes: Readonly<Record<string, Value>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
  readonly resource: Readonly<Record<string, Value>>;
}

interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const KINDS = ['other', 'internal', 'server', 'client', 'other', 'consumer'] as const;
const STATUS_ERROR = 2;

export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly requests: ReceivedRequest[] = [];
  /** While it is set, requests are read and not answered. */
  private held: ServerResponse[] | undefined;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Leaves requests without an answer until `release`. */
  hold(): void {
    this.held = [];
  }

  get heldCount(): number {
    return this.held?.length ?? 0;
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const response of held) response.end();
  }

  /** The first span that meets the condition, once it is received. */
  span(meets: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    return eventually(() => this.spans.find(meets));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { headers, method, url } = request;
    if (method !== 'POST' || url !== '/v1/traces') {
      response.writeHead(404).end();
      return;
    }
    this.requests.push({ headers, body });
    this.spans.push(...spansIn(headers['content-type'], body));
    response.writeHead(200, { 'content-type': headers['content-type'] ?? '' });
    if (this.held) this.held.push(response);
    else response.end();
  }
}

/** Generated from the published protos, in a version of the package that has them. */
interface Protos {
  readonly opentelemetry: {
    readonly proto: { readonly collector: { readonly trace: { readonly v1: { ExportTraceServiceRequest: Codec } } } };
  };
}

interface Codec {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: { bytes: typeof String; longs: typeof Number; enums: typeof Number }): object;
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
  };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}

/** In JSON, ids are hexadecimal (OTLP specification); in protobuf they are bytes. */
function spansIn(type: string | undefined, body: Buffer): ReceivedSpan[] {
  if (type === 'application/json') return readSpans(JSON.parse(body.toString()) as Export, (id) => id ?? '');
  if (type !== 'application/x-protobuf') throw new Error(`Not OTLP: ${type}`);
  const { ExportTraceServiceRequest: Request } = (protos as unknown as Protos).opentelemetry.proto.collector.trace.v1;
  const message = Request.toObject(Request.decode(body), { bytes: String, longs: Number, enums: Number });
  return readSpans(message as Export, (id) => Buffer.from(id ?? '', 'base64').toString('hex'));
}

function readSpans({ resourceSpans }: Export, idOf: (id: string | undefined) => string): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, attributes = [], links = [], status }) => ({
        traceId: idOf(traceId),
        spanId: idOf(spanId),
        parentSpanId: idOf(parentSpanId),
        name,
        kind: KINDS[kind] ?? 'other',
        attributes: valuesOf(attributes),
        links: links.map((link) => ({ traceId: idOf(link.traceId), spanId: idOf(link.spanId) })),
        failed: status?.code === STATUS_ERROR,
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

function valuesOf(attributes: readonly KeyValue[]): Record<string, Value> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? boolValue ?? doubleValue ?? Number(intValue),
    ]),
  );
}
