/** Another process of the service may learn of it some seconds later. */
const againMs = 6_000;
const mostTimes = 3;

/**
 * What this page may show in a frame, and where it may connect, was said when it came. Where the domain has connected another media server
 * since, the page comes again: whoever is inside stays inside. The answer ends it.
 * @param urlOf where the media server is now
 */
export function loadAgainWhereForbidden(directive: 'frame-src' | 'connect-src', urlOf: () => string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective !== directive || timer !== undefined) return;
    try {
      const key = `vestibule came again for ${urlOf()}`;
      const times = Number(sessionStorage.getItem(key) ?? 0);
      if (times >= mostTimes) return;
      sessionStorage.setItem(key, String(times + 1));
      timer = setTimeout(() => location.reload(), times * againMs);
    } catch {
      // A page that can keep nothing would come again for ever.
    }
  };
  document.addEventListener('securitypolicyviolation', look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('securitypolicyviolation', look);
  };
}
