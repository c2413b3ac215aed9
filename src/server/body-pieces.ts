import type { IncomingMessage } from 'node:http';

/**
 * Pieces in which a body may arrive. A parser keeps each as a separate buffer, which takes several hundred bytes however short
 * it is. TCP segments of the smallest common size (536 bytes) need 200.
 */
const MAX_PIECES = 1_000;

/** To be called before a parser reads the body. One in more than MAX_PIECES pieces is abuse: its connection is closed. */
export function limitPieces(request: IncomingMessage): void {
  request.on('data', countPiece);
}

/** One function for all requests: a closure for each would keep its request alive. */
function countPiece(this: IncomingMessage & { bodyPieces?: number }): void {
  this.bodyPieces = (this.bodyPieces ?? 0) + 1;
  if (this.bodyPieces > MAX_PIECES) this.socket.destroy();
}
