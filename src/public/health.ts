export { Dependency, type HealthCheck } from '../health/dependency.decorator.js';
