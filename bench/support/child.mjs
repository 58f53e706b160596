// One function in a process of its own: see children.mjs.
const { module, name, args, pid } = JSON.parse(process.argv[2]);
if (pid !== undefined) Object.defineProperty(process, 'pid', { value: pid });
// A file that may not grow gives EFBIG to the writer instead of the end of the process.
process.on('SIGXFSZ', () => {});
const result = await (await import(module))[name](...args);
process.stdout.write(`${JSON.stringify({ result: result ?? null })}\n`);
