export { DoctorCheck, type DoctorCheckProvider } from '../doctor/doctor-check.decorator.js';
export { fault, type Finding, type Level, ok, skipped, warning } from '../doctor/finding.js';
