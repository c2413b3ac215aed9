/** The part of class-transformer that knows which classes are transformed; it has types, but not beside the code. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
