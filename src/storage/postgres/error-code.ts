/** Is this an error of that code, be it the system's (ENOENT) or PostgreSQL's (42P04)? */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
