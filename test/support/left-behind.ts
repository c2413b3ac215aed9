/**
 * For every spec: ends what the spec files before it have left in Node. Each file loads new modules, ours and Jest's. On Node 20, every promise
 * of the process passes each AsyncLocalStorage that was used, and prom-client's observers keep all modules of their file in memory: a
 * tenth of the time of all tests.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PerformanceObserver } from 'node:perf_hooks';

/** Node's classes are the same in all files of a process. */
interface NodeClass<Instance> {
  readonly prototype: Instance;
  /** What files have used since the last one began. */
  used?: Set<Instance>;
}

function endWith<Instance extends object>(
  type: NodeClass<Instance>,
  firstUse: keyof Instance,
  end: (instance: Instance) => void,
): void {
  for (const instance of type.used ?? []) end(instance);
  type.used?.clear();
  if (type.used !== undefined) return;
  const used = (type.used = new Set());
  const method = type.prototype[firstUse] as (...args: unknown[]) => unknown;
  Object.assign(type.prototype, {
    [firstUse](this: Instance, ...args: unknown[]): unknown {
      used.add(this);
      return Reflect.apply(method, this, args);
    },
  });
}

endWith<AsyncLocalStorage<unknown>>(AsyncLocalStorage, 'run', (storage) => storage.disable());
endWith<PerformanceObserver>(PerformanceObserver, 'observe', (observer) => observer.disconnect());
