export type CheckedWebhookUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly problem: string };

const maxLength = 2048;

/**
 * The form of an address that webhooks may be sent to: absolute http or https, a host, no user or password, at most 2048
 * characters. Which machine it leads to is looked at when it is called.
 */
export function checkWebhookUrl(text: string): CheckedWebhookUrl {
  if (text.length > maxLength) return { ok: false, problem: `is longer than ${maxLength} characters` };
  if (!text.isWellFormed() || /[\u0000-\u0020\u007f]/.test(text)) {
    return { ok: false, problem: 'holds blanks or control characters' };
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return { ok: false, problem: 'is not an absolute http or https URL' };
  }
  if (url.username !== '' || url.password !== '') return { ok: false, problem: 'holds a user name or password' };
  return { ok: true, url };
}
