/** Is this origin among those that may frame the pages? `*` stands for the leftmost labels. */
export function isAmong(origin: string, frameOrigins: readonly string[]): boolean {
  return frameOrigins.some((allowed) => {
    const [start = '', end] = allowed.split('*');
    if (end === undefined) return origin === allowed;
    const middle = origin.slice(start.length, origin.length - end.length);
    return origin.startsWith(start) && origin.endsWith(end) && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(middle);
  });
}
