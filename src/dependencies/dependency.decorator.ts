/** @deprecated Import from `src/health/dependency.decorator.js`. This path is removed in the next release. */
export { Dependency, type HealthCheck as DependencyCheck } from '../health/dependency.decorator.js';
