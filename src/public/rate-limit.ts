export { RateLimited } from '../rate-limit/rate-limited.decorator.js';
