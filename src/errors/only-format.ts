import { type ErrorFormat, ErrorFormatRegistry } from './error-format.registry.js';

/** A registry whose format is for every path: for a filter that is bound to the controller of one route. */
export function onlyFormat(format: Omit<ErrorFormat, 'path'>): ErrorFormatRegistry {
  const formats = new ErrorFormatRegistry();
  formats.add({ ...format, path: '' });
  return formats;
}
