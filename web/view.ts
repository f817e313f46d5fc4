/** `?view=console`: nothing but the list of who waits, for a host to have beside another meeting. */
export const isConsole = new URLSearchParams(location.search).get('view') === 'console';
