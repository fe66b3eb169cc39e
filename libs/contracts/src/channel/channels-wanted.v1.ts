import { z } from 'zod';
import { defineSignal } from '../signal.js';
import { signalSubject } from '../subjects.js';

/** Who is there? Every channel announces itself at once. Sent by a dispatcher that starts, so that it need not wait for the next beat. */
export const channelsWanted = {
  ...defineSignal(z.object({})),
  subject: signalSubject('channels', 'wanted', 1),
};
