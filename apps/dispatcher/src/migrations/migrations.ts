import { CreateLanesAndJobs1795470000000 } from './1795470000000-create-lanes-and-jobs.js';

/** The dispatcher's migrations, oldest first. */
export const migrations = [CreateLanesAndJobs1795470000000];
