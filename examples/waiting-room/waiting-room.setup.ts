import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';

/** For `configure` of `extensions.ts`. */
export function useWebSockets(app: INestApplication): void {
  app.useWebSocketAdapter(new WsAdapter(app));
}
