export { AppModule } from '../app.module.js';
export type { Authentication } from '../auth/only-verifier.module.js';
export { startService } from '../service.js';
export type { Extensions } from '../service.options.js';
