/** Checks, explains, tests and compares files of join rules. Reads no environment. */
import { runRulesTool } from './rules-tool/rules.cli.js';

process.exitCode = await runRulesTool(process.argv.slice(2), Date.now(), process.stdout, process.stderr);
