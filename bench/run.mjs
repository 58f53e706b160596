import { main } from './measure/main.mjs';

process.exitCode = await main(process.argv.slice(2));
