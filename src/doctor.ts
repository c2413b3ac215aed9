/** `npm run doctor`: reports what prevents calls. */
import { doctorCommand } from './doctor.command.js';

process.exitCode = await doctorCommand(process.argv.slice(2));
