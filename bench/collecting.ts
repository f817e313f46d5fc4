// Loaded into a server before its own code, with `--expose-gc`: it collects all that it can when it is signalled. Where nothing happens V8 does
// not collect, so that resident memory says how much was allocated since, and not how much is needed.

process.on('SIGUSR2', () => {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
});
