/** This carrier's name: in the subject of its tasks, in its reports, and as the scope of its inbound events. */
export const CHANNEL = 'simulator';
