/** Whether a route bears a mark, which a decorator gives its handler or its controller; looked up once, as marks do not change. */
import type { ExecutionContext } from '@nestjs/common';
import type { ReflectableDecorator, Reflector } from '@nestjs/core';

export class RouteMark {
  /** By controller and handler: a handler that is inherited may be marked by one of its controllers alone. */
  private readonly known = new Map<unknown, Map<unknown, boolean>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly decorator: ReflectableDecorator<void, true>,
  ) {}

  isOn(context: ExecutionContext): boolean {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let marked = this.known.get(controller)?.get(handler);
    if (marked === undefined) {
      marked = this.reflector.getAllAndOverride(this.decorator, [handler, controller]) === true;
      this.known.set(controller, new Map(this.known.get(controller)).set(handler, marked));
    }
    return marked;
  }
}
