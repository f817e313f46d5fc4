// Why the program cannot be loaded. Read by every Node.js that can read modules, before anything else is: it imports nothing.

/** What is wrong with running on this Node.js; null: nothing. */
export function explainOldNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return null;
  return `Vestibule needs Node.js 22.18 or later, and this is ${version}.`;
}

/** What is wrong where the program could not be loaded; null: something that is not the installation's. */
export function explainFailedLoad(error: unknown): string | null {
  const message = error instanceof Error ? error.message : '';
  if (!message.includes('from another module or realm')) return null;
  return 'Two copies of the package graphql are installed, and Vestibule works with one. To see who asks for which: npm ls graphql. To make them one: npm dedupe, or "overrides" in package.json.';
}
