import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { HandlerMark } from './handler-mark.js';
import { Public } from './public.decorator.js';

class Base {
  inherited(): void {}

  @Public()
  marked(): void {}
}

@Public()
class Open extends Base {}

class Closed extends Base {}

const call = (owner: Type<Base>, handler: keyof Base): ExecutionContext =>
  ({ getClass: () => owner, getHandler: () => owner.prototype[handler] as () => void }) as unknown as ExecutionContext;

describe('the decorator of a handler', () => {
  it.each([
    ['first for the class that has it', [Open, Closed]],
    ['first for the class that does not', [Closed, Open]],
  ])('counts for each class that inherits the handler, looked up %s', (_order, classes) => {
    const open = new HandlerMark(new Reflector(), Public);
    for (let times = 0; times < 2; times += 1) {
      for (const owner of classes) {
        expect(open.isOn(call(owner, 'inherited'))).toBe(owner === Open);
        expect(open.isOn(call(owner, 'marked'))).toBe(true);
      }
    }
  });
});
