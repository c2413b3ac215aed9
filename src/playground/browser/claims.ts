/** Reads the claims of a LiveKit token as anybody can, without its key; for showing, never for deciding. */

export type Grants = Readonly<Record<string, unknown>> & {
  readonly room?: string;
  readonly roomJoin?: boolean;
  readonly canPublish?: boolean;
  readonly canPublishSources?: readonly string[];
  readonly canSubscribe?: boolean;
  readonly canPublishData?: boolean;
};

export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly name?: string;
  /** Seconds since 1970. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly video?: Grants;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly roomConfig?: { readonly agents?: readonly object[] };
}

/** Undefined where the text is no JWT. */
export function claimsOf(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (unit) =>
      unit.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
