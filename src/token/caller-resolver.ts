import type { Request } from 'express';

/** The caller of a request, as the application's own authentication knows them. */
export interface ResolvedCaller {
  /** Becomes the participant's identity, whatever the body says. Well-formed, not blank, at most 256 bytes of UTF-8. */
  readonly identity: string;
  /**
   * Becomes the participant's display name. One that cannot be signed (blank, over 256 bytes) is left out.
   *
   * @default the client may choose one
   */
  readonly name?: string | undefined;
  /**
   * What policies see as `caller.claims`, such as roles.
   *
   * @default {}
   */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Returns the caller, or undefined for 401 UNAUTHORIZED. An HttpException that it throws is the response. Any other error, and an identity
 * that cannot be signed, is 503 AUTHENTICATION_UNAVAILABLE and is logged. Guards of the application have run before.
 */
export type CallerResolverFunction = (
  request: Request,
) => ResolvedCaller | undefined | Promise<ResolvedCaller | undefined>;

/**
 * Says who calls a token route of a host application.
 *
 * @example
 * @Injectable()
 * export class CurrentUserResolver implements CallerResolver {
 *   constructor(private readonly users: UsersService) {}
 *
 *   async resolve(request: Request): Promise<ResolvedCaller | undefined> {
 *     const user = await this.users.ofSession(request.session);
 *     return user && { identity: user.id, name: user.name, claims: { roles: user.roles } };
 *   }
 * }
 */
export interface CallerResolver {
  readonly resolve: CallerResolverFunction;
}
