/** The one file of the service that a team edits if it has cloned the repository. */
import type { Extensions } from './service.options.js';

export const extensions: Extensions = {
  modules: [],
};
