/** The body of POST /token as a request to join. */
import type { Request } from 'express';

import type { Caller } from '../auth/caller.js';
import type { AdmissionRequest } from '../policy/join-request.js';

import type { TokenRequestDto } from './dto/token-request.dto.js';
import { bodyOf } from './request-body.js';

/** The identity of a verified caller comes from the credential, unless the caller may act for participants. */
export function admissionRequestOf(
  { roomName, participantName }: TokenRequestDto,
  caller: Caller,
): Omit<AdmissionRequest, 'route'> {
  const isIdentity = caller.kind === 'anonymous' || caller.mayActFor !== undefined;
  return {
    caller,
    room: roomName,
    requested: isIdentity ? { identity: participantName } : { name: participantName },
  };
}

/** What a request asks for whose body may not have been validated. */
export function askedFor(request: Request): { readonly room?: unknown; readonly identity?: unknown } {
  const { roomName: room, participantName: identity } = bodyOf(request);
  return { room, identity };
}
