/** What stands beside the pictures. */
export type PanelName = 'people' | 'waiting' | 'settings';
