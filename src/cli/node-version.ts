// Read by every Node.js that can read modules, before anything else is: it imports nothing.

/** What is wrong with running on this Node.js; null: nothing. */
export function explainOldNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return null;
  return `Vestibule needs Node.js 22.18 or later, and this is ${version}.`;
}
