/** What a host reads of one person in the room, beside what guests read. It comes with the room: nobody at the door loads it. */
export const enPeople = {
  cameraIsOff: 'The camera is off',
  sharesNothing: 'Shares nothing now',
  listenHint: 'Sees and hears, sends nothing',
  coHost: 'Make co-host',
  coHostHint: 'May let in, mute and remove',
  endCoHost: 'End co-host',
  asking: 'Asked, not so yet',
  asked: 'Asked to unmute',
  coHostMark: 'Co-host',
} as const;
