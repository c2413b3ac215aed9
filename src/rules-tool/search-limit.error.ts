/** A search was given up: whether there is such a request is not known. */
export class SearchLimitError extends Error {
  constructor() {
    super('The search was given up.');
    this.name = 'SearchLimitError';
  }
}
