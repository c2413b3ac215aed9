/** Routes of ours in a host application. */
import { applyDecorators, Controller, type ControllerOptions } from '@nestjs/common';

export interface HostRoute {
  /** With a slash in front and none at the end. */
  readonly path: string;
  readonly version?: ControllerOptions['version'];
  readonly decorators?: readonly ClassDecorator[] | undefined;
}

/** Decorators of the host come first: its guards run before ours. */
export function hostController(
  { path, version, decorators = [] }: HostRoute,
  ...own: ClassDecorator[]
): ClassDecorator {
  // applyDecorators() calls the first one first.
  return applyDecorators(
    ...decorators,
    ...own,
    Controller({ path, ...(version !== undefined && { version }) }),
  ) as ClassDecorator;
}

export const normalPath = (path: string): string => `/${path.replaceAll(/^\/+|\/+$/g, '')}`;
