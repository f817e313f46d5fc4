/** What a JWT of the service says, as far as it can be read. It is not verified: it came from the service itself. */
export function readSigned(jwt: string): { readonly iat?: number; readonly aud?: string } {
  try {
    return JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}
