/** How often a process looks whether its server is still there. Milliseconds. */
export const lookMs = 500;

/**
 * Looks again and again whether a server is there, and says once that it is not. Returns what ends it. A look that fails says nothing: this
 * process may have no file left to open, while the server is well.
 */
export function watchOver(isThere: () => Promise<boolean>, onLost: () => void): () => void {
  let isOver = false;
  const end = () => {
    isOver = true;
    clearInterval(timer);
  };
  const look = async () => {
    const isLost = await isThere().then(
      (is) => !is,
      () => false,
    );
    if (!isLost || isOver) return;
    end();
    onLost();
  };
  const timer = setInterval(() => void look(), lookMs).unref();
  return end;
}
