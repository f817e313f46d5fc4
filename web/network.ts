/**
 * Somebody says that it may be worth trying now: whatever waits before its next attempt, at the service or at the media server, goes on as
 * it does when the browser says that the network is back.
 */
export function tryNow(): void {
  dispatchEvent(new Event('online'));
}
