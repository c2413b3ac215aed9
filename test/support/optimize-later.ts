/**
 * For every spec: has Node 20 optimize functions later than it would. Each file loads new functions, which are used for seconds, and
 * optimizing them takes a tenth of the CPU time of all tests. Later versions of V8 have other options.
 */
import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before it is considered: six times as many as by default. */
const BYTES = 400_000;

if (process.version.startsWith('v20.')) setFlagsFromString(`--interrupt-budget=${BYTES}`);
