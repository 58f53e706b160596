import { writeSync } from 'node:fs';
import { catalogOfBlobs } from '../subjects/collecting.mjs';

// Collects what nothing reaches of 1,000 blobs, between two words on its standard error: for who looks at its system calls.

const [folder] = process.argv.slice(2);
const catalog = await catalogOfBlobs(folder, 1000);
writeSync(2, 'acknowledged 0\n');
const { scanned } = await catalog.gc({ dryRun: true });
writeSync(2, `acknowledged ${scanned}\n`);
await catalog.close();
